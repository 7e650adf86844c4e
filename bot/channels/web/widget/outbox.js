/** Messages on their way: sent one after the other, each with the same id until the server has answered it. */
import { REPLY_MS } from "./server.js";
import { tab } from "./store.js";

const BACK_OFF_MS = [1000, 2000, 4000, 8000, 15000, 30000];

export class Outbox {
  /**
   * ``view`` shows what becomes of an item: added(item), state(item), answered(item, messages), busy(on).
   * An item is {message_id, text, title, tries, state, words}; its state sending, retrying, offline, failed or sent.
   */
  constructor(server, view) {
    this.server = server;
    this.view = view;
    this.items = [];
    /** What the server will not have as it is; the patient can ask for another try. */
    this.refused = [];
    this.draining = false;
    this.wake = () => {};
  }

  /** Takes up what was on its way when the page was left. */
  restore() {
    const here = new Set([...this.items, ...this.refused].map(({ message_id }) => message_id));
    for (const kept of tab.get("outbox") ?? []) {
      if (here.has(kept.message_id)) continue;
      const item = this.#enter(kept);
      if (kept.refused) this.#refuse(item, kept.words);
    }
    this.#drain();
  }

  add(text, title = text) {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    const message_id = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    this.#enter({ message_id, text, title });
    this.#keep();
    this.goOn();
  }

  /** Tries at once: the patient asks for it, or the connection is back. */
  goOn(item = null) {
    if (item && this.refused.includes(item)) {
      this.refused.splice(this.refused.indexOf(item), 1);
      this.items.push(item);
    }
    for (const waiting of this.items) {
      waiting.tries = 0;
      if (waiting.state === "failed") this.#set(waiting, "sending");
    }
    this.#keep();
    this.wake();
    this.#drain();
  }

  clear() {
    this.items.length = 0;
    this.refused.length = 0;
    this.#keep();
    this.wake();
  }

  #enter({ message_id, text, title }) {
    const item = { message_id, text, title, tries: 0, state: "sending", words: "" };
    this.items.push(item);
    this.view.added(item);
    // However long the answer takes and whatever it waits for, the patient hears by now whom to call.
    setTimeout(() => this.items.includes(item) && item.state === "sending" && this.#set(item, "retrying"), REPLY_MS);
    return item;
  }

  #refuse(item, words) {
    this.items.splice(this.items.indexOf(item), 1);
    this.refused.push(item);
    this.#set(item, "failed", words);
    this.#keep();
  }

  #set(item, state, words = "") {
    item.state = state;
    item.words = words;
    this.view.state(item);
  }

  #keep() {
    const waiting = this.items.map(({ message_id, text, title }) => ({ message_id, text, title }));
    const refused = this.refused.map(({ message_id, text, title, words }) => ({ message_id, text, title, words, refused: true }));
    tab.set("outbox", waiting.length + refused.length ? [...waiting, ...refused] : null);
  }

  #remove(item) {
    const index = this.items.indexOf(item);
    if (index >= 0) this.items.splice(index, 1);
    this.#keep();
    return index >= 0;
  }

  async #drain() {
    if (this.draining) return;
    this.draining = true;
    while (this.items.length) {
      const item = this.items[0];
      this.view.busy(item.tries === 0);
      try {
        const { messages } = await this.server.send(item);
        if (this.#remove(item)) {
          this.#set(item, "sent");
          this.view.answered(item, messages);
        }
      } catch (error) {
        this.view.busy(false);
        if (!this.items.includes(item)) continue;
        if (error.refused) {
          this.#refuse(item, error.words);
          continue;
        }
        this.#set(item, navigator.onLine ? "retrying" : "offline");
        const wait = BACK_OFF_MS[Math.min(item.tries, BACK_OFF_MS.length - 1)];
        item.tries += 1;
        await this.#pause(Math.max(wait * (0.8 + 0.4 * Math.random()), (error.wait ?? 0) * 1000));
      }
    }
    this.view.busy(false);
    this.draining = false;
  }

  #pause(milliseconds) {
    return new Promise((resolve) => {
      this.wake = resolve;
      setTimeout(resolve, milliseconds);
    });
  }
}
