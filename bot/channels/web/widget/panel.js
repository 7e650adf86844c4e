/** The chat's window: its parts, what it says when something is wrong, and the sizes it takes. */
import { button, guarded, icon, make } from "./dom.js";
import { callButtons, withLinks } from "./phones.js";
import { device, tab } from "./store.js";
import { clock, number, say } from "./words.js";

const LIMIT = 2000;
const TEXT_SIZES = [100, 125, 150];
const SMALL = matchMedia("(max-width: 30rem), (max-height: 32rem)");

export class Panel {
  /** ``act``: clinic() the facts, send(text), closed(), and one function for each entry of the menu. */
  constructor(act) {
    this.act = act;
    this.log = make("div", {
      class: "log", role: "log", tabindex: "0", "aria-live": "off", "aria-busy": "true", "aria-label": say("messages"),
    });
    this.filed = make("p", { class: "filed", role: "status", hidden: true });
    this.typing = make("p", { class: "typing", role: "status" });
    this.safe = make("div", { class: "safe", role: "alert", hidden: true });
    /** Emergencies interrupt a screen reader; the log itself waits. */
    this.said = make("div", { class: "unseen", role: "alert" });
    this.told = make("p", { class: "told", role: "status" });
    this.input = make("textarea", {
      id: "text", rows: "1", autocomplete: "off", enterkeyhint: "send", "aria-describedby": "limit notice",
      oninput: () => this.#typed(), onkeydown: (event) => this.#key(event),
    });
    this.limit = make("p", { class: "limit", id: "limit", role: "status" });
    this.notice = make("p", { class: "notice", id: "notice" });
    this.menuButton = button(
      { class: "quiet-button", "aria-label": say("menu"), "aria-expanded": "false", "aria-controls": "menu",
        onclick: () => this.#toggleMenu(this.menu.hidden) },
      icon("more"),
    );
    this.menu = make("div", { class: "menu", id: "menu", hidden: true }, ...this.#entries());
    this.window = this.#build();
    SMALL.addEventListener("change", guarded(() => this.window.open && this.#refit()));
    window.visualViewport?.addEventListener("resize", guarded(() => this.#keepAboveKeyboard()));
    this.setTextSize(device.get("textSize") ?? TEXT_SIZES[0]);
    this.input.value = tab.get("draft") ?? "";
    this.showClinic();
  }

  get open() {
    return this.window.open;
  }

  show() {
    if (this.open) return;
    this.#fit();
    // On a touch screen the keyboard would cover the conversation.
    (matchMedia("(pointer: fine)").matches ? this.input : this.log).focus({ preventScroll: true });
  }

  close() {
    this.#toggleMenu(false);
    this.window.close();
    this.act.closed();
  }

  /** Whom to call at this hour, at the foot and in the safe text. */
  showClinic() {
    this.notice.replaceChildren(...withLinks(say("notice", this.act.clinic())));
    if (this.trouble) this.showTrouble(this.trouble);
  }

  /** The safe text: ``safeUnsent``, ``safeOffline`` or ``safeUnreachable``; null takes it away. */
  showTrouble(trouble) {
    const words = trouble && this.#safeWords(trouble);
    // Said once, not at every try.
    if (words !== this.words) this.safe.replaceChildren(...(trouble ? this.#safeText(trouble, words) : []));
    this.words = words;
    this.trouble = trouble;
    this.safe.hidden = !trouble;
  }

  /** Where the escalation stands: {reference, seen_at} or null. */
  showFiled(escalation) {
    const phone = this.act.clinic().phone;
    const seen = escalation?.seen_at;
    const words = escalation
      ? say(seen ? "seen" : "filed", { reference: escalation.reference, time: seen && clock(seen), phone })
      : "";
    if (this.filed.dataset.words === words) return;
    this.filed.dataset.words = words;
    this.filed.hidden = !escalation;
    this.filed.classList.toggle("seen", Boolean(seen));
    this.filed.replaceChildren(icon(seen ? "seen" : "listed"), make("span", {}, ...withLinks(words)));
  }

  showTyping(on) {
    if (on === this.typing.hasChildNodes()) return;
    const dots = make("span", { class: "dots", "aria-hidden": "true" }, make("i"), make("i"), make("i"));
    this.typing.replaceChildren(...(on ? [dots, say("typing")] : []));
  }

  /** What is shown now was there before: it is not read out. */
  unsettle() {
    clearTimeout(this.settling);
    this.log.setAttribute("aria-live", "off");
    this.log.setAttribute("aria-busy", "true");
  }

  /** The conversation is there: from now on what comes is read out. */
  settle() {
    this.log.setAttribute("aria-busy", "false");
    this.settling = setTimeout(() => this.log.setAttribute("aria-live", "polite"), 300);
  }

  interrupt(text) {
    this.said.textContent = text;
  }

  tell(text) {
    this.told.textContent = text;
    clearTimeout(this.telling);
    this.telling = setTimeout(() => (this.told.textContent = ""), 8000);
  }

  /** Asks before something that cannot be undone; true when the patient agrees. */
  confirm(title, words, yes) {
    return new Promise((resolve) => {
      const answer = (agreed) => () => {
        box.remove();
        this.menuButton.focus();
        resolve(agreed);
      };
      const box = make(
        "dialog",
        { class: "confirm", "aria-labelledby": "confirm-title", "aria-describedby": "confirm-words", oncancel: answer(false) },
        make("h2", { id: "confirm-title" }, title),
        make("p", { id: "confirm-words" }, ...withLinks(words)),
        make(
          "div",
          { class: "choices" },
          button({ class: "plain", autofocus: true, onclick: answer(false) }, say("cancel")),
          button({ class: "danger", onclick: answer(true) }, yes),
        ),
      );
      this.window.append(box);
      box.showModal();
    });
  }

  setTextSize(percent) {
    this.textSize = TEXT_SIZES.includes(percent) ? percent : TEXT_SIZES[0];
    this.window.style.setProperty("--scale", this.textSize / 100);
    this.sizeEntry.textContent = say("textSize", { percent: this.textSize });
    device.set("textSize", this.textSize === TEXT_SIZES[0] ? null : this.textSize);
  }

  /** A mouse or keyboard user goes on typing. */
  settleFocus() {
    const root = this.window.getRootNode();
    const target = matchMedia("(pointer: fine)").matches || root.activeElement === this.input ? this.input : this.log;
    target.focus({ preventScroll: true });
  }

  #build() {
    const composer = make(
      "form",
      { class: "composer", onsubmit: (event) => this.#submit(event) },
      make("label", { for: "text" }, say("label")),
      make("div", { class: "composer-row" }, this.input, make("button", { type: "submit" }, say("send"))),
      this.limit,
    );
    return make(
      "dialog",
      { class: "panel", "aria-labelledby": "title", onkeydown: (event) => this.#escape(event),
        oncancel: (event) => (event.preventDefault(), this.close()) },
      make(
        "div",
        { class: "head" },
        make("div", {}, make("h2", { id: "title" }, say("title")), make("p", {}, say("subtitle"))),
        this.menuButton,
        button({ class: "quiet-button", "aria-label": say("close"), onclick: () => this.close() }, icon("close")),
        this.menu,
      ),
      this.filed, this.log, this.typing, this.safe, this.said, this.told, composer, this.notice,
    );
  }

  #entries() {
    const entry = (act, words) => button({ onclick: () => (this.#toggleMenu(false), this.menuButton.focus(), act()) }, words);
    const next = () => TEXT_SIZES[(TEXT_SIZES.indexOf(this.textSize) + 1) % TEXT_SIZES.length];
    this.sizeEntry = button({ onclick: () => this.setTextSize(next()) }, "");
    return [
      this.sizeEntry,
      entry(this.act.copy, say("copy")),
      entry(this.act.print, say("print")),
      entry(this.act.startOver, say("startOver")),
      entry(this.act.forget, say("delete")),
    ];
  }

  #toggleMenu(on) {
    this.menu.hidden = !on;
    this.menuButton.setAttribute("aria-expanded", String(on));
  }

  #safeWords(trouble) {
    const { phone, after_hours_phone: other } = this.act.clinic();
    const hours = other === phone ? "" : say("safeOtherHours", { phone: other });
    return [say(trouble), say("safeCall", { phone }), hours, say("safeEmergency")].filter(Boolean).join(" ");
  }

  #safeText(trouble, words) {
    const rest = words.slice(say(trouble).length);
    return [
      make("p", {}, make("strong", {}, say(trouble)), ...withLinks(rest)),
      make("div", { class: "calls" }, ...callButtons([this.act.clinic().phone, "911"])),
    ];
  }

  /** Over the whole screen where it is small, and then nothing behind it can be reached. */
  #fit() {
    if (this.window.open) this.window.close();
    if (SMALL.matches) this.window.showModal();
    else this.window.show();
    this.#keepAboveKeyboard();
  }

  /** The window turns into another kind of dialog, which would take the focus away. */
  #refit() {
    const focused = this.window.getRootNode().activeElement;
    this.#fit();
    if (this.window.contains(focused)) focused.focus({ preventScroll: true });
  }

  #keepAboveKeyboard() {
    const height = SMALL.matches && window.visualViewport?.scale === 1 ? `${window.visualViewport.height}px` : "";
    this.window.style.setProperty("--visible", height);
  }

  #submit(event) {
    event.preventDefault();
    const text = this.input.value.trim();
    if (!text || !this.#fits()) return this.input.focus();
    this.input.value = "";
    this.#typed();
    this.act.send(text);
  }

  #typed() {
    tab.set("draft", this.input.value);
    this.#fits();
    this.input.style.height = "";
    this.input.style.height = `${Math.min(this.input.scrollHeight + 4, 150)}px`;
  }

  #fits() {
    const over = [...this.input.value.trim()].length - LIMIT;
    this.input.setAttribute("aria-invalid", String(over > 0));
    this.limit.classList.toggle("over", over > 0);
    const words = over > 0 ? "tooLong" : over > -200 ? "left" : "";
    this.limit.textContent = words && say(words, { count: number(Math.abs(over)) });
    return over <= 0;
  }

  #key(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.input.form.requestSubmit();
  }

  #escape(event) {
    if (event.key !== "Escape" || event.defaultPrevented || event.target.closest(".confirm")) return;
    event.preventDefault();
    if (this.menu.hidden) return this.close();
    this.#toggleMenu(false);
    this.menuButton.focus();
  }
}
