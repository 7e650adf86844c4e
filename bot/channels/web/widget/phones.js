/** Telephone numbers in texts, as links that can be tapped. */
import { icon, make } from "./dom.js";
import { say } from "./words.js";

const PHONE_NUMBER = /(^|[^\w-])(911|988|(?:\+?1[-. ])?\(?\d{3}\)?[-. ]\d{3}[-. ]\d{4})(?![\w-])/g;

export function telephone(phone) {
  const digits = phone.replace(/\D/g, "");
  return `tel:${digits.length === 11 ? "+" : ""}${digits}`;
}

/** A text in which the telephone numbers can be tapped, as nodes. */
export function withLinks(text) {
  // Every third piece is a number; the one before it is the character that stood in front of it.
  return text
    .split(PHONE_NUMBER)
    .map((piece, index) => (index % 3 === 2 ? make("a", { href: telephone(piece) }, piece) : (piece ?? "")));
}

/** The numbers to tap, most important first. They are read from the text: it has the number of its own hour. */
export function numbersToCall({ text, disposition }, clinicPhone) {
  const found = [...new Set([...text.matchAll(PHONE_NUMBER)].map((match) => match[2]))];
  const short = found.filter((phone) => phone.length === 3);
  const long = found.filter((phone) => phone.length > 3);
  if (disposition === "emergency") return [...new Set(["911", ...short, ...(long.length ? long : [clinicPhone])])];
  return [...new Set([...(long.length ? long : [clinicPhone]), ...short, "911"])];
}

/** Buttons to call; the first stands out. */
export function callButtons(phones) {
  return phones.map((phone, rank) =>
    make(
      "a",
      { class: rank ? "call quiet" : "call", href: telephone(phone) },
      icon("phone"),
      make("span", {}, say("call", { number: phone })),
    ),
  );
}
