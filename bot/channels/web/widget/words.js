/** The widget's own words in the patient's language. The bot's words come from the server. */

let table = {};
let locale = "en";

/** The first of the languages that there is a file for, without its region if need be. */
export function useLanguage(all, ...wanted) {
  const names = wanted.filter(Boolean).flatMap((name) => [name.toLowerCase(), name.toLowerCase().split("-")[0]]);
  const found = names.find((name) => Object.hasOwn(all, name)) ?? "en";
  table = all[found];
  locale = found === "en" ? "en-US" : found;
  return { language: found, direction: table.direction };
}

export function say(key, values = {}) {
  return table[key].replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

export function list(key) {
  return table[key];
}

export function number(value) {
  return value.toLocaleString(locale);
}

/** The time of day; with the date unless it is today. */
export function clock(iso) {
  const at = new Date(iso);
  const today = at.toDateString() === new Date().toDateString();
  const day = today ? {} : { month: "short", day: "numeric" };
  return at.toLocaleString(locale, { ...day, hour: "numeric", minute: "2-digit" });
}
