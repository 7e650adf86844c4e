/**
 * A sound and a desktop notification for what is new, each only where this person asked for it on this computer. They
 * hold no word of a patient: a locked screen shows them to everybody.
 */
const KEYS = { sound: "aftercare.sound", notify: "aftercare.notify" };
const NAMES = { emergency: "emergency", urgent: "urgent case", clarify: "case that could be urgent", routine: "routine case" };

function kept(key) {
  try {
    return localStorage.getItem(key) === "1";
  } catch {
    return false;
  }
}

function keep(key, on) {
  try {
    localStorage.setItem(key, on ? "1" : "");
  } catch {
    // It holds until the page is closed.
  }
}

let sound;
let notify;

export function offerAlerts(soundBox, notifyBox) {
  [sound, notify] = [soundBox, notifyBox];
  sound.checked = kept(KEYS.sound);
  sound.addEventListener("change", () => {
    keep(KEYS.sound, sound.checked);
    if (sound.checked) beep(660);
  });
  notify.disabled = !("Notification" in window);
  notify.checked = kept(KEYS.notify) && !notify.disabled && Notification.permission === "granted";
  notify.addEventListener("change", async () => {
    if (notify.checked) notify.checked = (await Notification.requestPermission()) === "granted";
    keep(KEYS.notify, notify.checked);
  });
}

function beep(hertz) {
  const audio = new AudioContext();
  const tone = audio.createOscillator();
  const volume = audio.createGain();
  tone.frequency.value = hertz;
  volume.gain.setValueAtTime(0.2, audio.currentTime);
  volume.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + 0.6);
  tone.connect(volume).connect(audio.destination);
  tone.start();
  tone.stop(audio.currentTime + 0.6);
  tone.onended = () => audio.close();
}

/** @param {string[]} dispositions of the cases that are new */
export function alertOf(dispositions) {
  const worst = Object.keys(NAMES).find((name) => dispositions.includes(name)) ?? "routine";
  if (sound?.checked) beep(worst === "emergency" ? 990 : 660);
  if (notify?.checked && document.hidden) {
    const more = dispositions.length > 1 ? `, and ${dispositions.length - 1} more` : "";
    new Notification("Aftercare", { body: `A new ${NAMES[worst]}${more}`, tag: "aftercare" });
  }
}
