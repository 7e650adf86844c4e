/** What the browser keeps. Where it keeps nothing, all goes on without. */

function keeper(open) {
  let storage;
  try {
    storage = open();
    storage.getItem("aftercare");
  } catch {
    // Blocked: what is kept lasts as long as the page.
    const values = new Map();
    storage = {
      getItem: (key) => values.get(key) ?? null,
      setItem: (key, value) => values.set(key, value),
      removeItem: (key) => values.delete(key),
    };
  }
  return {
    get(key) {
      try {
        return JSON.parse(storage.getItem(`aftercare.${key}`));
      } catch {
        return null;
      }
    },
    set(key, value) {
      try {
        if (value === null || value === "") storage.removeItem(`aftercare.${key}`);
        else storage.setItem(`aftercare.${key}`, JSON.stringify(value));
      } catch {
        // Full: the page goes on without.
      }
    },
  };
}

/** Calls ``act`` when another tab has taken one of the keys away. */
export function whenTaken(keys, act) {
  const names = keys.map((key) => `aftercare.${key}`);
  addEventListener("storage", ({ key, newValue }) => names.includes(key) && newValue === null && act());
}

/** Of this tab, until it is closed: unsent messages, the draft, whether the chat is open. */
export const tab = keeper(() => sessionStorage);
/** Of this device: the session on other origins, the size of the text. */
export const device = keeper(() => localStorage);
