/**
 * Listens for "something changed" and has the page ask for what it shows. While the stream is not there, or asking has
 * failed, the page asks every few seconds.
 */
const ASK_MS = 5000;
/** After an answer that is none the browser gives up; then the page opens the stream again. */
const AGAIN_MS = 10_000;
/** Changes come in flocks: a turn stores several messages. */
const SETTLE_MS = 60;

/**
 * @param {string} query of the event stream
 * @param {() => Promise<void>} refresh
 * @param {(connected: boolean) => void} state
 * @returns {() => void} asks now
 */
export function listen(query, refresh, state) {
  let timer = 0;
  let again = false;
  let busy = false;
  let connected = false;
  let asking = 0;

  function settle(good) {
    state(good);
    if (good) {
      clearInterval(asking);
      asking = 0;
    } else {
      asking ||= setInterval(run, ASK_MS);
    }
  }

  async function run() {
    if (busy) {
      again = true;
      return;
    }
    busy = true;
    try {
      await refresh();
      settle(connected);
    } catch (error) {
      if (error.signedOut) return location.assign("/staff/login");
      settle(false);
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

  function connect() {
    const source = new EventSource(`/staff/events${query}`);
    source.addEventListener("open", () => {
      connected = true;
      soon();
    });
    source.addEventListener("changed", soon);
    source.addEventListener("signed-out", () => {
      source.close();
      location.assign("/staff/login");
    });
    source.addEventListener("error", () => {
      connected = false;
      settle(false);
      if (source.readyState === EventSource.CLOSED) setTimeout(connect, AGAIN_MS);
    });
  }
  connect();
  document.addEventListener("visibilitychange", () => document.hidden || soon());
  return soon;
}

/** A part of a page, as HTML in a document of its own. */
export async function fragment(path) {
  const answer = await fetch(path, { headers: { "X-Fragment": "1" }, cache: "no-store" });
  if (!answer.ok) throw Object.assign(new Error(String(answer.status)), { signedOut: answer.status === 401 });
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}
