/**
 * Schedules: five fields of cron, as Debian's crontab(5) has them, turned into `OnCalendar` expressions of systemd.time(7). Times are
 * UTC, so that no run is lost or doubled where clocks change.
 */
import { Failure, reasonOf } from "./failure";

/** One of the five fields. */
interface Field {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  /** Names that stand for numbers, the first for `from`. */
  readonly names?: readonly string[];
}

const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"] as const;
/** Sunday is this, as well as 0. */
const SUNDAY = 7;
const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
/** The longest each month can be. */
const LONGEST = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

const FIELDS: readonly [Field, Field, Field, Field, Field] = [
  { name: "minute", from: 0, to: 59 },
  { name: "hour", from: 0, to: 23 },
  { name: "day of the month", from: 1, to: 31 },
  { name: "month", from: 1, to: 12, names: MONTHS },
  { name: "day of the week", from: 0, to: SUNDAY, names: DAYS.map((day) => day.toLowerCase()) },
];

const SHORTHANDS: Readonly<Record<string, string>> = {
  "@hourly": "0 * * * *",
  "@daily": "0 0 * * *",
  "@weekly": "0 0 * * 0",
  "@monthly": "0 0 1 * *",
  "@yearly": "0 0 1 1 *",
};

/** What a schedule may be, for messages. */
export const SCHEDULES = `five fields of cron (minute, hour, day of the month, month, day of the week) in UTC, e.g. "0 3 * * *"; or ${Object.keys(SHORTHANDS).join(", ")}`;

/** A field that was read. */
interface Values {
  /** Whether it begins with a star, which in cron means that it doesn't restrict. */
  readonly star: boolean;
  readonly numbers: readonly number[];
}

/**
 * The `OnCalendar` expressions of a schedule; it fires at each of them. As in cron, a day of the month and a day of the week that are
 * both restricted mean either of them, which takes two expressions.
 * @throws Failure that names the field, what stands there and what is expected
 */
export function calendarsOf(schedule: string): readonly string[] {
  const [minute, hour, day, month, weekday] = fieldsOf(schedule);
  refuseNever(day, month);
  const months = listed(month, FIELDS[3]);
  const time = `${listed(hour, FIELDS[1])}:${listed(minute, FIELDS[0])}:00 UTC`;
  const onDays = `*-${months}-${listed(day, FIELDS[2])} ${time}`;
  const days = weekdays(weekday);
  if (day.star || weekday.star) return [days === "" ? onDays : `${days} ${onDays}`];
  const onWeekdays = `*-${months}-* ${time}`;
  return days === "" ? [onWeekdays] : [onDays, `${days} ${onWeekdays}`];
}

/** What is wrong with a schedule, if anything is. */
export function mistakeIn(schedule: string): string | undefined {
  try {
    calendarsOf(schedule);
    return undefined;
  } catch (thrown) {
    return reasonOf(thrown);
  }
}

function fieldsOf(schedule: string): [Values, Values, Values, Values, Values] {
  const text = schedule.trim().toLowerCase();
  const parts = (SHORTHANDS[text] ?? text).split(/\s+/);
  if (text.startsWith("@") && !(text in SHORTHANDS)) {
    throw new Failure(`${text} is not one of ${Object.keys(SHORTHANDS).join(", ")}`);
  }
  if (text === "" || parts.length !== FIELDS.length) {
    throw new Failure(`expected five fields or one of ${Object.keys(SHORTHANDS).join(", ")}`);
  }
  const read = (index: 0 | 1 | 2 | 3 | 4) => valuesOf(parts[index] ?? "", FIELDS[index]);
  return [read(0), read(1), read(2), read(3), read(4)];
}

function valuesOf(text: string, field: Field): Values {
  const numbers = new Set(text.split(",").flatMap((part) => numbersOf(part, field)));
  return { star: text.startsWith("*"), numbers: [...numbers].sort((a, b) => a - b) };
}

/** The numbers of one member of a list: a star, a number or a range, the first and the last with a step if need be. */
function numbersOf(part: string, field: Field): number[] {
  const [, range = "", , , step] = /^(\*|([^-/]+)(-[^-/]+)?)(?:\/(\d{1,3}))?$/.exec(part) ?? refuse(part, field);
  const [first = "", last] = range === "*" ? [String(field.from), String(field.to)] : range.split("-");
  const from = numberOf(first, part, field);
  const end = numberOf(last ?? first, part, field);
  // A range may end on Sunday: it is the seventh day, too.
  const to = field.to === SUNDAY && end === 0 && from > 0 ? SUNDAY : end;
  if (from > to) refuse(part, field, `${first} comes after ${last}`);
  if (step !== undefined && last === undefined)
    refuse(part, field, `a step goes with a range: ${first}-${field.to}/${step}`);
  if (step !== undefined && Number(step) === 0) refuse(part, field, "a step is 1 or more");
  const count = Math.floor((to - from) / Number(step ?? 1)) + 1;
  return Array.from({ length: count }, (_, index) => from + index * Number(step ?? 1));
}

function numberOf(text: string, part: string, field: Field): number {
  const named = field.names?.indexOf(text) ?? -1;
  if (named >= 0) return named + field.from;
  const number = /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN;
  return number >= field.from && number <= field.to ? number : refuse(part, field);
}

function refuse(part: string, { name, from, to, names }: Field, why?: string): never {
  const allowed = `expected ${from} to ${to}${names ? `, ${names.join(", ")}` : ""}, a range such as ${from}-${to}, a list such as ${from},${to}, or a step such as */2`;
  throw new Failure(`${name} "${part}": ${why ?? allowed}`);
}

/** Not even in a leap year. */
function refuseNever(day: Values, month: Values): void {
  if (month.numbers.some((number) => (day.numbers[0] ?? 1) <= (LONGEST[number - 1] ?? 31))) return;
  throw new Failure(`day ${day.numbers.join(",")} never comes in month ${month.numbers.join(",")}`);
}

function listed({ numbers }: Values, field: Field): string {
  if (numbers.length === field.to - field.from + 1) return "*";
  return numbers.map((number) => String(number).padStart(2, "0")).join(",");
}

/** Days of the week by systemd's names; empty if they are all meant. */
function weekdays({ numbers }: Values): string {
  const days = [...new Set(numbers.map((number) => number % 7))].sort((a, b) => a - b);
  return days.length === 7 ? "" : days.map((day) => DAYS[day]).join(",");
}
