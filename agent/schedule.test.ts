import { expect, test } from "vitest";
import { Failure } from "./failure";
import { calendarsOf } from "./schedule";

test.each([
  ["0 3 * * *", ["*-*-* 03:00:00 UTC"]],
  ["* * * * *", ["*-*-* *:*:00 UTC"]],
  ["  5\t4 * * sun ", ["Sun *-*-* 04:05:00 UTC"]],
  ["*/15 * * * *", ["*-*-* *:00,15,30,45:00 UTC"]],
  ["10-30/10,45 8-10 * * *", ["*-*-* 08,09,10:10,20,30,45:00 UTC"]],
  ["0 22 * * 1-5", ["Mon,Tue,Wed,Thu,Fri *-*-* 22:00:00 UTC"]],
  ["0 0 * * 0", ["Sun *-*-* 00:00:00 UTC"]],
  ["0 0 * * 7", ["Sun *-*-* 00:00:00 UTC"]],
  ["0 0 * * FRI-SUN", ["Sun,Fri,Sat *-*-* 00:00:00 UTC"]],
  ["0 0 * * 6-0", ["Sun,Sat *-*-* 00:00:00 UTC"]],
  ["0 0 * * sun-sun", ["Sun *-*-* 00:00:00 UTC"]],
  ["0 0 * * sun-tue", ["Sun,Mon,Tue *-*-* 00:00:00 UTC"]],
  ["0 0 * * 0-7", ["*-*-* 00:00:00 UTC"]],
  ["0 0 1 JAN,jul *", ["*-01,07-01 00:00:00 UTC"]],
  ["0 0 29 2 *", ["*-02-29 00:00:00 UTC"]],
  ["0 0 1-31 1-12 *", ["*-*-* 00:00:00 UTC"]],
  ["@hourly", ["*-*-* *:00:00 UTC"]],
  ["@daily", ["*-*-* 00:00:00 UTC"]],
  ["@Weekly", ["Sun *-*-* 00:00:00 UTC"]],
  ["@monthly", ["*-*-01 00:00:00 UTC"]],
  ["@yearly", ["*-01-01 00:00:00 UTC"]],
])("%s", (schedule, expected) => {
  expect(calendarsOf(schedule)).toEqual(expected);
});

test.each([
  ["both restricted: either of them", "30 4 1,15 * 5", ["*-*-01,15 04:30:00 UTC", "Fri *-*-* 04:30:00 UTC"]],
  ["both restricted, in a month", "0 0 13 6 fri", ["*-06-13 00:00:00 UTC", "Fri *-06-* 00:00:00 UTC"]],
  ["either a day or every weekday is every day", "0 0 13 * 1-7", ["*-*-* 00:00:00 UTC"]],
  ["a star with a step doesn't restrict: both of them", "0 0 1-7 * */7", ["Sun *-*-01,02,03,04,05,06,07 00:00:00 UTC"]],
  ["the same the other way round", "0 0 */10 * 1", ["Mon *-*-01,11,21,31 00:00:00 UTC"]],
])("day of the month and day of the week, %s", (_rule, schedule, expected) => {
  expect(calendarsOf(schedule)).toEqual(expected);
});

const range = (name: string, part: string, from: number, to: number, names = "") =>
  `${name} "${part}": expected ${from} to ${to}${names}, a range such as ${from}-${to}, a list such as ${from},${to}, or a step such as */2`;

test.each([
  ["", "expected five fields or one of @hourly, @daily, @weekly, @monthly, @yearly"],
  ["0 3 * *", "expected five fields or one of @hourly, @daily, @weekly, @monthly, @yearly"],
  ["0 0 3 * * *", "expected five fields or one of @hourly, @daily, @weekly, @monthly, @yearly"],
  ["@reboot", "@reboot is not one of @hourly, @daily, @weekly, @monthly, @yearly"],
  ["60 3 * * *", range("minute", "60", 0, 59)],
  ["0 24 * * *", range("hour", "24", 0, 23)],
  ["0 0 0 * *", range("day of the month", "0", 1, 31)],
  ["0 0 * may-13 *", range("month", "may-13", 1, 12, ", jan, feb, mar, apr, may, jun, jul, aug, sep, oct, nov, dec")],
  ["0 0 * * 8", range("day of the week", "8", 0, 7, ", sun, mon, tue, wed, thu, fri, sat")],
  ["1,,2 * * * *", range("minute", "", 0, 59)],
  ["-5 * * * *", range("minute", "-5", 0, 59)],
  ["1.5 * * * *", range("minute", "1.5", 0, 59)],
  ["1-2-3 * * * *", range("minute", "1-2-3", 0, 59)],
  ["30-10 * * * *", 'minute "30-10": 30 comes after 10'],
  ["5/10 * * * *", 'minute "5/10": a step goes with a range: 5-59/10'],
  ["*/0 * * * *", 'minute "*/0": a step is 1 or more'],
  ["0 0 31 2,4 *", "day 31 never comes in month 2,4"],
])("«%s» is refused", (schedule, reason) => {
  expect(() => calendarsOf(schedule)).toThrow(new Failure(reason));
});
