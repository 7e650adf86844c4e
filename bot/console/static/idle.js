/**
 * Warns a minute before the session idles out, and leaves the page when it has: what patients wrote does not stay on
 * a screen that nobody watches.
 */
const WARN_MS = 60_000;

/** When the session ends, by this computer's clock. */
let endsAt = Infinity;

/** The session was used just now. */
export function usedNow(endsInMs) {
  endsAt = Date.now() + endsInMs;
  document.getElementById("idle")?.close();
}

export function watchIdling() {
  const { idlesOut, now } = document.body.dataset;
  if (!idlesOut) return;
  const lasts = Date.parse(idlesOut) - Date.parse(now);
  usedNow(lasts);
  const dialog = document.getElementById("idle");
  document.getElementById("stay").addEventListener("click", async () => {
    const answer = await fetch("/staff/stay", { headers: { "X-Fragment": "1" }, cache: "no-store" });
    if (answer.ok) usedNow(lasts);
    else location.assign("/staff/login");
  });
  setInterval(() => {
    const left = endsAt - Date.now();
    if (left <= 0) location.assign("/staff/login");
    else if (left <= WARN_MS && !dialog.open) dialog.showModal();
  }, 1000);
}
