/**
 * Warns a minute before the session idles out, and leaves the page when it has: what patients wrote does not stay on
 * a screen that nobody watches.
 */
const WARN_MS = 60_000;

/** Who types or clicks is there: the server is told at most so often. */
const TELL_MS = 60_000;

export function watchIdling() {
  const { idlesOut, now } = document.body.dataset;
  if (!idlesOut) return;
  const dialog = document.getElementById("idle");
  /** When the session ends, by this computer's clock. */
  let endsAt = Date.now() + Date.parse(idlesOut) - Date.parse(now);
  let toldAt = Date.now();

  async function stay() {
    toldAt = Date.now();
    const answer = await fetch("/staff/stay", { headers: { "X-Fragment": "1" }, cache: "no-store" });
    if (answer.status === 401) location.assign("/staff/login");
    if (!answer.ok) return;
    endsAt = toldAt + Number(answer.headers.get("X-Idles-In")) * 1000;
    dialog.close();
  }

  document.getElementById("stay").addEventListener("click", stay);
  for (const use of ["input", "keydown", "pointerdown"]) {
    addEventListener(use, () => !dialog.open && Date.now() - toldAt > TELL_MS && stay().catch(() => {}));
  }
  setInterval(() => {
    const left = endsAt - Date.now();
    if (left <= 0) location.assign("/staff/login");
    else if (left <= WARN_MS && !dialog.open) dialog.showModal();
  }, 1000);
}
