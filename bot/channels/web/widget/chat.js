/** One conversation: what the patient does, what the server tells, and what is said when either fails. */
import { button, make } from "./dom.js";
import { Outbox } from "./outbox.js";
import { asText, copy, print } from "./paper.js";
import { withLinks } from "./phones.js";
import { Panel } from "./panel.js";
import { Server } from "./server.js";
import { whenTaken } from "./store.js";
import { Transcript } from "./transcript.js";
import { list, say } from "./words.js";

const LISTEN_AGAIN_MS = [1000, 2000, 5000, 10000, 20000];

export class Chat {
  /** ``outside``: greeting, closed(), arrived(messages) for messages that the patient may not have seen. */
  constructor(base, clinic, outside) {
    this.clinic = clinic;
    this.outside = outside;
    this.escalation = null;
    this.cursor = 0;
    this.reached = null;
    this.listening = null;
    this.loaded = false;
    this.server = new Server(base, (facts) => this.#showClinic(facts), () => (this.cursor = 0));
    this.panel = new Panel({
      clinic: () => this.clinic,
      send: (text) => this.send(text),
      closed: () => this.outside.closed(),
      copy: async () => this.panel.tell(say((await copy(asText(this.transcript.lines()))) ? "copied" : "notCopied")),
      print: () => print(`${say("title")}, ${this.clinic.clinic}`, this.transcript.lines()),
      startOver: () => this.send(say("startOverText")),
      forget: () => this.forget(),
    });
    this.transcript = new Transcript(this.panel.log, {
      phone: () => this.clinic.phone,
      quickAnswer: (payload, title) => this.send(payload, title),
      again: (item) => (this.outbox.goOn(item), this.panel.settleFocus()),
    });
    this.outbox = new Outbox(this.server, {
      added: (item) => this.transcript.showOwn(item),
      state: (item) => this.#itemChanged(item),
      answered: (item, messages) => this.#arrived(this.transcript.showReplies(item, messages)),
      busy: (on) => this.panel.showTyping(on),
    });
    this.panel.log.append(this.#greeting());
    whenTaken(["known", "token"], () => this.#taken());
    addEventListener("online", () => this.goOn());
    addEventListener("offline", () => this.#reached(false));
    document.addEventListener("visibilitychange", () => (document.hidden ? this.rest() : this.listen()));
  }

  /** Shows the conversation and takes up what was on its way; then listens. */
  start() {
    this.started ??= (async () => {
      try {
        this.#remember(await this.server.history(0));
        this.#reached(true);
      } catch {
        this.#reached(false);
      }
      this.transcript.toEnd();
      this.panel.settle();
      this.outbox.restore();
      this.listen();
    })();
    return this.started;
  }

  send(text, title = text) {
    this.outbox.add(text, title);
    this.panel.settleFocus();
    this.start();
  }

  goOn() {
    this.outbox.goOn();
    this.again?.();
    this.listen();
  }

  /** Hidden pages do not listen: a browser has few connections to one server. */
  rest() {
    this.listening?.abort();
    this.listening = null;
  }

  async listen() {
    if (this.listening || document.hidden || !this.started) return;
    const round = (this.listening = new AbortController());
    let failures = 0;
    while (!round.signal.aborted) {
      try {
        await this.server.listen(this.cursor, (event) => ((failures = 0), this.#reached(true), this.#remember(event)), round.signal);
      } catch {
        // Below.
      }
      if (round.signal.aborted) return;
      try {
        // What came meanwhile, and the only way where something on the way holds events back.
        this.#remember(await this.server.history(this.cursor));
        this.#reached(true);
      } catch {
        this.#reached(false);
      }
      const wait = LISTEN_AGAIN_MS[Math.min(failures++, LISTEN_AGAIN_MS.length - 1)];
      await new Promise((resolve) => {
        this.again = resolve;
        setTimeout(resolve, wait * (0.8 + 0.4 * Math.random()));
      });
    }
  }

  /** Deletes the conversation, or says why the clinic keeps it. */
  async forget() {
    const { phone } = this.clinic;
    let forget = true;
    if (this.escalation) forget = false;
    else if (!(await this.panel.confirm(say("deleteTitle"), say("deleteWords", { phone }), say("deleteYes")))) return;
    try {
      if (forget) await this.server.leave(true);
    } catch (error) {
      if (error.status !== 409) return this.panel.tell(say("deleteFailed", { phone }));
      forget = false;
    }
    if (!forget) {
      const reference = this.escalation?.reference ?? "";
      if (!(await this.panel.confirm(say("keptTitle"), say("keptWords", { reference }), say("keptYes")))) return;
      try {
        await this.server.leave(false);
      } catch {
        // Our own pages' session is a cookie, which only the server can take away.
        if (this.server.own) return this.panel.tell(say("deleteFailed", { phone }));
        this.server.drop();
      }
    }
    this.#empty();
    this.panel.tell(say(forget ? "deleted" : "removed"));
  }

  /** A fault of our own: the conversation stays where it is, and the patient is told whom to call. */
  broken() {
    this.fault = true;
    this.#showTrouble();
  }

  #empty() {
    this.rest();
    this.outbox.clear();
    this.transcript.clear();
    this.cursor = 0;
    this.escalation = null;
    this.panel.showFiled(null);
    this.starters.hidden = false;
    // The next message begins a new session; until then there is nothing to listen to.
    this.started = null;
    this.loaded = true;
  }

  /** Another tab has taken the conversation off this device, or deleted it. */
  #taken() {
    if (!this.started) return;
    this.#empty();
    this.panel.tell(say("removed"));
  }

  /** What the server tells; the first time it is what was said before, however late it comes. */
  #remember(event) {
    const before = !this.loaded;
    if (before) this.panel.unsettle();
    this.#told(event);
    if (!before) return;
    this.loaded = true;
    this.transcript.toEnd();
    this.panel.settle();
  }

  #showClinic(facts) {
    this.clinic = facts;
    this.panel.showClinic();
  }

  #told({ messages = [], escalation = null, forgotten = false, clinic = null }) {
    if (clinic) this.#showClinic(clinic);
    if (forgotten) {
      this.server.drop();
      this.#empty();
      return this.panel.tell(say("forgotten"));
    }
    this.cursor = Math.max(this.cursor, ...messages.map(({ id }) => id));
    this.escalation = escalation;
    this.panel.showFiled(escalation);
    this.#arrived(this.transcript.show(messages));
  }

  #arrived(messages) {
    this.starters.hidden = this.transcript.places.size > 0;
    for (const { disposition, text } of messages) {
      // What the history brings has been read out before.
      const live = this.panel.log.getAttribute("aria-live") === "polite";
      if (live && (disposition === "emergency" || disposition === "urgent")) {
        this.panel.interrupt(`${say(disposition)}. ${text}`);
      }
    }
    if (messages.length) this.outside.arrived(messages);
  }

  #itemChanged(item) {
    this.transcript.showState(item);
    this.starters.hidden = true;
    if (item.state === "sent") this.#reached(true);
    else this.#showTrouble();
  }

  #reached(on) {
    const back = on && this.reached === false;
    this.reached = on;
    if (back) this.outbox.goOn();
    this.#showTrouble();
  }

  #showTrouble() {
    const unsent = this.outbox.items.some(({ state }) => state !== "sending");
    const refused = this.panel.log.querySelector(".unsent") !== null;
    if (unsent || refused) this.panel.showTrouble(navigator.onLine ? "safeUnsent" : "safeOffline");
    else if (!navigator.onLine) this.panel.showTrouble("safeOffline");
    else if (this.fault || this.reached === false) this.panel.showTrouble("safeUnreachable");
    else this.panel.showTrouble(null);
  }

  #greeting() {
    const starters = list("starters").map((words) => button({ onclick: () => this.send(words) }, words));
    this.starters = make("div", { class: "answers", role: "group", "aria-label": say("quickAnswers") }, ...starters);
    const words = withLinks(this.outside.greeting || say("greeting"));
    return make(
      "div",
      { class: "message bot greeting" },
      make("p", { class: "author" }, say("bot")),
      make("div", { class: "bubble" }, make("p", {}, ...words)),
      this.starters,
    );
  }
}
