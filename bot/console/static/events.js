/**
 * Listens for "something changed" and has the page ask for what it shows. The browser connects again by itself; while
 * it is not connected the page asks every few seconds instead.
 */
const ASK_MS = 5000;
/** Changes come in flocks: a turn stores several messages. */
const SETTLE_MS = 60;

/**
 * @param {string} query of the event stream
 * @param {() => Promise<void>} refresh
 * @param {(connected: boolean) => void} state
 */
export function listen(query, refresh, state) {
  let timer = 0;
  let again = false;
  let busy = false;

  async function run() {
    if (busy) {
      again = true;
      return;
    }
    busy = true;
    try {
      await refresh();
    } catch (error) {
      if (error.signedOut) return location.assign("/staff/login");
      state(false);
    } finally {
      busy = false;
    }
    if (again) {
      again = false;
      run();
    }
  }
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(run, SETTLE_MS);
  };

  const source = new EventSource(`/staff/events${query}`);
  let asking = 0;
  source.addEventListener("open", () => {
    clearInterval(asking);
    asking = 0;
    state(true);
    soon();
  });
  source.addEventListener("changed", soon);
  source.addEventListener("signed-out", () => {
    source.close();
    location.assign("/staff/login");
  });
  source.addEventListener("error", () => {
    state(false);
    asking ||= setInterval(run, ASK_MS);
  });
  document.addEventListener("visibilitychange", () => document.hidden || soon());
}

/** A part of a page, as HTML in a document of its own. */
export async function fragment(path) {
  const answer = await fetch(path, { headers: { "X-Fragment": "1" }, cache: "no-store" });
  if (!answer.ok) throw Object.assign(new Error(String(answer.status)), { signedOut: answer.status === 401 });
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}
