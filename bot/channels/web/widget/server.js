/** Requests to the chat server: the session, answers by POST, later messages by server-sent events. */
import { device } from "./store.js";

/** After this long without an answer the patient is told whom to call. */
export const REPLY_MS = 8000;
/** The server says something every 15 seconds. */
const SILENCE_MS = 40000;
/** The message itself is refused: sending it again cannot help. */
const REFUSED = [400, 403, 413, 415, 422];

export class Failure extends Error {
  constructor(status, words, wait) {
    super(`status ${status}`);
    this.status = status;
    this.words = words;
    this.refused = REFUSED.includes(status);
    /** Seconds after which the server wants to be asked again. */
    this.wait = wait;
  }
}

export class Server {
  /** On the server's own pages its cookie names the conversation; elsewhere a token does, in a header. */
  constructor(base, onClinic, onNew) {
    this.base = base;
    /** Told when a session begins: what was read in an earlier one is no place to go on from. */
    this.onNew = onNew;
    this.own = new URL(base).origin === location.origin;
    this.onClinic = onClinic;
    this.beginning = null;
  }

  /** Whether this browser has talked to the server before. */
  get known() {
    return device.get(this.own ? "known" : "token") !== null;
  }

  begin() {
    this.beginning ??= this.#fetch("/chat/session", { method: "POST" })
      .then((response) => response.json())
      .then(({ token, clinic }) => {
        if (token) device.set("token", token);
        device.set("known", true);
        this.onNew();
        this.onClinic(clinic);
      })
      .finally(() => (this.beginning = null));
    return this.beginning;
  }

  async history(after) {
    return (await this.#withSession(`/chat/messages?after=${after}`, {}, ["/chat/messages?after=0"])).json();
  }

  async send({ message_id, text }) {
    const body = JSON.stringify({ message_id, text });
    return (await this.#withSession("/chat/messages", { method: "POST", body })).json();
  }

  /** Ends the session here; ``forget`` deletes the conversation as well. */
  async leave(forget) {
    await this.#withSession(forget ? "/chat/forget" : "/chat/leave", { method: "POST" });
    this.drop();
  }

  drop() {
    device.set("token", null);
    device.set("known", null);
  }

  /** Calls ``tell`` with each event until the stream ends or ``signal`` aborts it. */
  async listen(after, tell, signal) {
    const abort = new AbortController();
    const give_up = () => abort.abort();
    signal.addEventListener("abort", give_up);
    let silence = setTimeout(give_up, REPLY_MS);
    try {
      const from = (id) => ({
        headers: { Accept: "text/event-stream", "Last-Event-ID": String(id) },
        signal: abort.signal,
      });
      const response = await this.#withSession("/chat/events", from(after), ["/chat/events", from(0)]);
      const reader = response.body.getReader();
      const decoder = new TextDecoder();
      let unread = "";
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        clearTimeout(silence);
        silence = setTimeout(give_up, SILENCE_MS);
        unread += decoder.decode(value, { stream: true });
        const blocks = unread.split(/\r?\n\r?\n/);
        unread = blocks.pop();
        for (const block of blocks) {
          const data = block.match(/^data: ?(.*)$/m);
          if (data) tell(JSON.parse(data[1]));
        }
      }
    } finally {
      clearTimeout(silence);
      signal.removeEventListener("abort", give_up);
    }
  }

  /** A request with the session; where there is none (it ran out, or was never begun), ``anew`` with a new one. */
  async #withSession(path, options = {}, anew = [path, options]) {
    if (this.known) {
      try {
        return await this.#fetch(path, options);
      } catch (error) {
        if (error.status !== 401) throw error;
      }
    }
    await this.begin();
    return this.#fetch(...anew);
  }

  async #fetch(path, { method = "GET", body, headers = {}, signal } = {}) {
    const abort = new AbortController();
    const timer = signal ? 0 : setTimeout(() => abort.abort(), REPLY_MS);
    const token = this.own ? null : device.get("token");
    try {
      const response = await fetch(this.base + path, {
        method,
        body,
        headers: {
          ...headers,
          ...(body && { "Content-Type": "application/json" }),
          ...(token && { Authorization: `Bearer ${token}` }),
        },
        cache: "no-store",
        credentials: this.own ? "same-origin" : "omit",
        redirect: "error",
        referrerPolicy: "no-referrer",
        signal: signal ?? abort.signal,
      });
      if (response.ok) {
        // The body counts as well: it is read before the time is up.
        if (signal || response.status === 204) return response;
        const text = await response.text();
        return { json: () => JSON.parse(text) };
      }
      const told = await response.json().catch(() => ({}));
      throw new Failure(response.status, told.message ?? "", Number(response.headers.get("retry-after")) || 0);
    } finally {
      clearTimeout(timer);
    }
  }
}
