/**
 * @module
 * Times of day in one spelling, "15:30".
 */
import { numberInWords } from "./number-words.ts";

const HALF_OF_DAY = String.raw`\s?([ap])\.?\s?m\.?`;
/** "8:34 p.m.", "3 pm", "15:00:20" */
const DIGITAL = new RegExp(
  String.raw`^(\d{1,2})(?:(?::|\s?h\s?)([0-5]\d)(:[0-5]\d)?)?(?:${HALF_OF_DAY}|\s?o['’]clock)?$`,
  "i",
);
/** "half past ten", "twenty minutes to 4" */
const SPOKEN =
  /^(?:at )?(half|(?:a )?quarter|[a-z]+(?:[ -][a-z]+)?|\d{1,2})(?: minutes?)? (past|after|to|before) ([a-z]+|\d{1,2})(?: o['’]clock)?$/i;
const MAX_LENGTH = 60;

/** 20 of 8 and "p"; undefined if the clock has no such hour. */
function hourOfDay(hours: number, half: string): number | undefined {
  return hours < 1 || hours > 12 ? undefined : (hours % 12) + (half.toLowerCase() === "p" ? 12 : 0);
}

/** "8:34 p.m." as "20:34"; any other text as it is. */
export function withoutHalfOfDay(text: string): string {
  if (text.length > MAX_LENGTH || !/[ap]\.?\s?m\.?/i.test(text)) return text;
  const [, hours, minutes, seconds = "", half] = DIGITAL.exec(text) ?? [];
  if (minutes === undefined || half === undefined) return text;
  const hour = hourOfDay(Number(hours), half);
  return hour === undefined ? text : `${hour}:${minutes}${seconds}`;
}

function numeral(word: string): number | undefined {
  return /^\d+$/.test(word) ? Number(word) : numberInWords(word);
}

function spokenTime(text: string): string | undefined {
  const [, part = "", side = "", hours = ""] = SPOKEN.exec(text) ?? [];
  const [hour, counted] = [numeral(hours), numeral(part)];
  const minutes = /half/i.test(part) ? 30 : /quarter/i.test(part) ? 15 : counted;
  if (hour === undefined || minutes === undefined || hour < 1 || hour > 12 || minutes < 1 || minutes > 59)
    return undefined;
  const isPast = /past|after/i.test(side);
  if (!isPast && /half/i.test(part)) return undefined;
  const [at, left] = isPast ? [hour, minutes] : [hour === 1 ? 12 : hour - 1, 60 - minutes];
  return `${at}:${String(left).padStart(2, "0")}`;
}

/** The time of day of "3 pm", "15:30", "10h30", "5 o'clock" and "half past ten"; undefined if a text is not a time of day. */
export function timeOf(text: string): string | undefined {
  if (text.length > MAX_LENGTH || !/:|\dh|\d\s?[apho]|past|after|to|before/i.test(text)) return undefined;
  const [, hours, minutes, seconds, half] = DIGITAL.exec(text) ?? [];
  if (hours === undefined) return spokenTime(text);
  if (seconds !== undefined || !/\D/.test(text)) return undefined;
  const hour = half === undefined ? Number(hours) : hourOfDay(Number(hours), half);
  return hour === undefined || hour > 24 ? undefined : `${hour}:${minutes ?? "00"}`;
}
