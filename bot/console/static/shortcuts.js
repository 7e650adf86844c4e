/** Keys for those who like them; "?" lists them, and there they can be turned off. */
const OFF = "aftercare.keys.off";
const GO = { w: "/staff", c: "/staff/conversations", v: "/staff/review", r: "/staff/reports", a: "/staff/account" };
/** A box to tick takes no letters; and one in a dialog that has just closed may hold the focus until the next frame. */
const TYPING = "input:not([type=checkbox], [type=radio]), select, textarea, dialog[open]";
let going = 0;

function off() {
  try {
    return localStorage.getItem(OFF) === "1";
  } catch {
    return false;
  }
}

function move(step) {
  const links = [...document.querySelectorAll(".row-link")];
  const at = links.indexOf(document.activeElement);
  links[Math.min(links.length - 1, Math.max(0, at + step))]?.focus();
}

const KEYS = {
  "?": () => document.getElementById("keys").showModal(),
  "/": () => document.getElementById("search")?.focus(),
  j: () => move(1),
  k: () => move(-1),
  o: () => document.getElementById("in-order")?.click(),
  m: () => document.getElementById("message")?.focus(),
  n: () => document.getElementById("note")?.focus(),
  g: () => (going = Date.now()),
};

export function takeKeys() {
  const box = document.getElementById("keys-on");
  if (!box) return;
  box.checked = !off();
  box.addEventListener("change", () => {
    try {
      localStorage.setItem(OFF, box.checked ? "" : "1");
    } catch {
      // They stay as they are.
    }
  });
  document.getElementById("keys-open").addEventListener("click", KEYS["?"]);
  addEventListener("keydown", (event) => {
    const typing = event.target.closest?.(TYPING);
    if (typing || event.ctrlKey || event.metaKey || event.altKey || !box.checked) return;
    if (Date.now() - going < 1500 && GO[event.key]) {
      location.assign(GO[event.key]);
    } else if (KEYS[event.key]) {
      event.preventDefault();
      KEYS[event.key]();
    }
  });
}
