/** The messages in the log, in the order of their ids; what waits to be sent stands last. */
import { button, icon, make } from "./dom.js";
import { callButtons, numbersToCall, withLinks } from "./phones.js";
import { clock, say } from "./words.js";

/** The first sentence of a red flag is the instruction; the buttons to call come right after it. */
function split(text, alert) {
  const lines = text.split(/\n+/).filter((line) => line.trim());
  const sentence = alert && lines[0]?.match(/^(.+?[.!?:])\s+([A-Z].*)$/);
  return sentence ? [sentence[1], sentence[2], ...lines.slice(1)] : lines;
}

function paragraphs(lines, linked) {
  // The direction of each line is its own: a message in another script turns nothing around it.
  return lines.map((line) => make("p", { dir: "auto" }, ...(linked ? withLinks(line) : [line])));
}

export class Transcript {
  /** ``act``: phone() the clinic's, quickAnswer(payload, title), again(item), announce(text) at once. */
  constructor(log, act) {
    this.log = log;
    this.act = act;
    /** Place of each element: the id of its message; Infinity while it has none. */
    this.places = new Map();
    this.shown = new Set();
    /** Own messages by the id that we gave them, and those of them that have no id of the server yet. */
    this.written = new Map();
    this.own = new Map();
    /** The words of quick answers, by what they send. */
    this.titles = new Map();
  }

  get newest() {
    return Math.max(0, ...this.shown);
  }

  clear() {
    for (const node of this.places.keys()) node.remove();
    this.places.clear();
    this.shown.clear();
    this.written.clear();
    this.own.clear();
  }

  /** Shows messages that are not there yet, those without an id at ``place``; returns the new ones of others. */
  show(messages, place = 0) {
    const fresh = messages.filter(({ id }) => !this.shown.has(id));
    let first = null;
    for (const message of fresh) {
      if (message.id) this.shown.add(message.id);
      const own = this.own.get(message.message_id);
      if (own) {
        this.own.delete(message.message_id);
        this.#place(own, message.id);
        continue;
      }
      const node = this.#build(message);
      if (message.message_id) this.written.set(message.message_id, node);
      this.#place(node, message.id || place);
      first ??= node;
    }
    this.#retireAnswers();
    if (first) this.reveal(first);
    return fresh.filter(({ author }) => author !== "patient");
  }

  /** Shows what the patient has just written, or finds it where the history has it already. */
  showOwn(item) {
    item.node = this.written.get(item.message_id);
    if (!item.node) {
      item.node = this.#build({ author: "patient", text: item.title, at: new Date().toISOString() });
      this.written.set(item.message_id, item.node);
      this.own.set(item.message_id, item.node);
      this.#place(item.node, Infinity);
    }
    const again = button({ class: "again", hidden: true, onclick: () => this.act.again(item) }, say("again"));
    item.node.querySelector(".meta").append(again);
    this.#retireAnswers();
    this.reveal(item.node);
  }

  showState({ node, state, words }) {
    const unsent = state !== "sending" && state !== "sent";
    const changed = unsent && !node.classList.contains("unsent");
    node.classList.toggle("unsent", unsent);
    node.querySelector(".state").textContent = state === "sent" ? "" : `${say(state)} ${words}`.trim();
    node.querySelector(".again").hidden = state !== "failed";
    if (changed) this.reveal(node);
  }

  /** Shows the replies to an own message, after it and before those that still wait. */
  showReplies(item, messages) {
    const first = Math.min(...messages.map(({ id }) => id || Infinity));
    if (this.own.has(item.message_id)) {
      // It stays known by our id until the server's events give its own.
      this.#place(item.node, first < Infinity ? first - 0.5 : this.newest + 0.5);
    }
    return this.show(messages, this.places.get(item.node));
  }

  /** Scrolls so that a message is seen from its start and, if there is room, with what the patient wrote before. */
  reveal(node) {
    const before = node.previousElementSibling;
    const height = node.offsetTop + node.offsetHeight - (before?.offsetTop ?? 0);
    const both = before?.classList.contains("patient") && height < this.log.clientHeight - 24;
    this.log.scrollTop = (both ? before : node).offsetTop - 12;
  }

  toEnd() {
    this.log.scrollTop = this.log.scrollHeight;
  }

  /** The conversation as plain text, for copying and printing. */
  lines() {
    return [...this.places.keys()]
      .sort((a, b) => (a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1))
      .map((node) => ({
        who: node.querySelector(".author").textContent,
        when: node.querySelector("time").textContent,
        text: [...node.querySelectorAll(".lead p, .words p")].map((part) => part.textContent),
      }));
  }

  #place(node, place) {
    this.places.set(node, place);
    let later = null;
    for (const other of this.log.children) {
      if (other !== node && this.places.get(other) > place) {
        later = other;
        break;
      }
    }
    if (node.parentNode !== this.log || node.nextElementSibling !== later) this.log.insertBefore(node, later);
  }

  #build({ author, text, disposition = "none", at, buttons = [], starts_over = false }) {
    for (const { title, payload } of buttons) this.titles.set(payload, title);
    const staff = author === "staff";
    const patient = author === "patient";
    const alert = !patient && (disposition === "emergency" || disposition === "urgent");
    const words = patient ? (this.titles.get(text) ?? text) : text;
    const [first, ...rest] = paragraphs(split(words, alert), !patient);
    const phones = alert ? numbersToCall({ text, disposition }, this.act.phone()) : [];
    return make(
      "div",
      { class: `message ${patient || staff ? author : "bot"} ${alert ? `red-flag ${disposition}` : ""}` },
      starts_over ? make("p", { class: "divider" }, say("startedOver")) : null,
      make("p", { class: "author" }, say(patient || staff ? author : "bot")),
      make(
        "div",
        { class: "bubble" },
        alert ? make("p", { class: "alert" }, icon("alert"), make("strong", {}, say(disposition))) : null,
        make("div", { class: "lead" }, first ?? ""),
        alert ? make("div", { class: "calls" }, ...callButtons(phones)) : null,
        make("div", { class: "words" }, ...rest),
      ),
      make("p", { class: "meta" }, make("span", { class: "state" }), make("time", { datetime: at }, clock(at))),
      buttons.length ? this.#answers(buttons) : null,
    );
  }

  #answers(buttons) {
    const choose = ({ title, payload }) =>
      button({ onclick: () => this.act.quickAnswer(payload, title) }, title);
    return make("div", { class: "answers", role: "group", "aria-label": say("quickAnswers") }, ...buttons.map(choose));
  }

  /** Quick answers are gone once the patient has written something else. */
  #retireAnswers() {
    let answered = false;
    for (const node of [...this.log.children].reverse()) {
      const answers = node.querySelector(".answers");
      if (answers) answers.hidden = answered;
      answered ||= node.classList.contains("patient");
    }
  }
}
