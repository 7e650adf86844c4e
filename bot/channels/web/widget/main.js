/* global CLINIC, STRINGS, STYLES: put in front of this when the modules are joined. */
/**
 * <a href="tel:..." data-aftercare>Call us</a><script src=".../widget.js" async></script>
 *
 * Puts the chat where the link stands. Until it works, and when it cannot, the link stays.
 */
import { Chat } from "./chat.js";
import { button, icon, make, reportFaults } from "./dom.js";
import { tab } from "./store.js";
import { say, useLanguage } from "./words.js";

const script = document.currentScript;
const NAME = "aftercare-chat";

/** Black or white, whichever can be read on the colour; null for what is no colour. */
function inkOn(colour) {
  const parts = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(colour ?? "");
  if (!parts) return null;
  const [red, green, blue] = parts.slice(1).map((part) => {
    const share = parseInt(part, 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? "#000" : "#fff";
}

class AftercareChat extends HTMLElement {
  /** The options of the script tag; the link that it stands for. */
  begin(options, link, base) {
    this.link = link;
    const { language, direction } = useLanguage(STRINGS, options.language, document.documentElement.lang);
    const inline = options.position === "inline";
    this.launcherWords = make("span", {}, say("launcher"));
    this.launcher = button({ class: "launcher", "aria-haspopup": "dialog", onclick: () => this.open() }, icon("chat"), this.launcherWords);
    this.chat = new Chat(base, CLINIC, {
      greeting: options.greeting,
      closed: () => this.#closed(),
      arrived: (messages) => this.#arrived(messages),
    });
    const root = make("div", { class: `root ${inline ? "inline" : ""}`, lang: language, dir: direction }, this.launcher, this.chat.panel.window);
    root.classList.toggle("left", options.position === "bottom-left");
    root.classList.toggle("light", options.theme === "light");
    const ink = inkOn(options.colour);
    if (ink) {
      root.style.setProperty("--brand", options.colour);
      root.style.setProperty("--on-brand", ink);
    }
    this.unread = 0;
    this.#attach(root);
    link?.style.setProperty("display", "none", "important");
    if (inline && link) link.after(this);
    else document.body.append(this);
    const open = tab.get("open");
    if (open || (open === null && options.open === "true")) this.open();
    // Who wrote before may have an answer.
    else if (this.chat.server.known) this.chat.start();
  }

  open() {
    this.chat.start();
    this.chat.panel.show();
    this.launcher.hidden = true;
    this.#count(0);
    tab.set("open", true);
    this.#dispatch("open");
  }

  close() {
    this.chat.panel.close();
  }

  #closed() {
    this.launcher.hidden = false;
    this.launcher.focus();
    tab.set("open", false);
    this.#dispatch("close");
  }

  #arrived(messages) {
    if (!this.chat.panel.open && this.chat.panel.log.getAttribute("aria-live") === "polite") {
      this.#count(this.unread + messages.length);
    }
    // Not the words: what a patient is told is no business of the page's other scripts.
    for (const { author, disposition } of messages) this.#dispatch("message", { author, disposition });
  }

  #count(unread) {
    this.unread = unread;
    this.launcher.classList.toggle("unread", unread > 0);
    this.launcherWords.textContent = unread ? say("launcherUnread", { count: unread }) : say("launcher");
  }

  #dispatch(name, detail = null) {
    this.dispatchEvent(new CustomEvent(`aftercare:${name}`, { bubbles: true, composed: true, detail }));
  }

  #attach(root) {
    const shadow = this.attachShadow({ mode: "open" });
    if ("adoptedStyleSheets" in shadow) {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(STYLES);
      shadow.adoptedStyleSheets = [sheet];
    } else {
      shadow.append(make("style", {}, STYLES));
    }
    shadow.append(root);
  }
}

function begin() {
  if (document.querySelector(NAME)) return;
  const link = document.querySelector("a[data-aftercare]");
  let chat = null;
  reportFaults((error) => {
    console.error(error);
    if (chat?.chat) chat.chat.broken();
  });
  try {
    if (!customElements.get(NAME)) customElements.define(NAME, AftercareChat);
    chat = document.createElement(NAME);
    chat.begin(script?.dataset ?? {}, link, new URL(script.src).origin);
    window.Aftercare = { open: () => chat.open(), close: () => chat.close(), element: chat };
  } catch (error) {
    // Whatever the browser lacks: the telephone number stays.
    console.error(error);
    chat?.remove();
    link?.style.removeProperty("display");
  }
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
else begin();
