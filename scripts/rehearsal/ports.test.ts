import { describe, expect, it } from "vitest";
import { portMistakes, portsToTry } from "./ports";

describe("portMistakes", () => {
  const here = { from: "this computer", address: "10.213.3.1" };
  const stranger = { from: "a stranger", address: "10.213.3.2" };

  it("finds nothing where SSH is for the allow-list and the web for all", () => {
    const views = [
      { ...here, open: [22, 80, 443] },
      { ...stranger, open: [80, 443] },
    ];
    expect(portMistakes(views, ["203.0.113.0/24", "10.213.3.1/32", "2001:db8::/32"])).toEqual([]);
    expect(portMistakes([{ ...stranger, open: [22, 80] }], ["0.0.0.0/0"])).toEqual([]);
  });

  it("names who reaches too much or too little", () => {
    const views = [
      { ...here, open: [80, 5432] },
      { ...stranger, open: [22, 80, 2375] },
    ];
    expect(portMistakes(views, ["10.213.3.1"])).toEqual([
      "this computer reaches 5432",
      "this computer does not reach 22",
      "a stranger reaches 22, 2375",
    ]);
  });
});

it("looks at what the machine listens on, and at the usual ports", () => {
  const listening =
    "LISTEN 0 4096 127.0.0.1:20007 0.0.0.0:*\nLISTEN 0 511 [::]:7777 [::]:*\nLISTEN 0 1 172.29.0.1%docker0:5432 0.0.0.0:*\n";
  const ports = portsToTry(listening);
  expect(ports).toEqual(expect.arrayContaining([22, 80, 443, 2375, 5432, 7777, 20007]));
  expect(ports.filter((port) => port === 5432)).toHaveLength(1);
});
