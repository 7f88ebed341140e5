import { expect, it } from "vitest";
import { Failures } from "./engineEvents";

const urn = "urn:pulumi:dev::slipway::slipway:host:DropletHost$digitalocean:index/droplet:Droplet::slipway-dev-droplet";
const step = (op: string, old: object | null, next: object | null) => ({
  resourcePreEvent: { metadata: { op, urn, type: "digitalocean:index:Droplet", old, new: next } },
});
const said = (severity: string, message: string, of: string | undefined = urn) => ({
  diagnosticEvent: { ...(of && { urn: of }), severity, message, prefix: `${severity}: `, color: "never" },
});

function failuresIn(events: readonly object[]) {
  const failures = new Failures();
  for (const event of events) failures.add(JSON.stringify(event));
  return failures.list();
}

it("a failure is the first error said of a resource, with what was asked for", () => {
  const events = [
    { preludeEvent: { config: {} } },
    said("debug", "Registering resource", undefined),
    step("create", null, { inputs: { size: "s-9" } }),
    said("info", "waiting"),
    said("error", "422 no such size"),
    said("error", "1 error occurred"),
    said("error", "update failed", "urn:pulumi:dev::slipway::pulumi:pulumi:Stack::slipway-dev"),
  ];
  expect(failuresIn(events)).toEqual([
    {
      type: "digitalocean:index:Droplet",
      name: "slipway-dev-droplet",
      operation: "create",
      inputs: { size: "s-9" },
      error: "422 no such size",
    },
  ]);
});

it("of what goes, what it was made from is told", () => {
  const [failed] = failuresIn([step("delete", { inputs: { size: "s-1" } }, null), said("error", "403")]);
  expect(failed).toMatchObject({ operation: "delete", inputs: { size: "s-1" } });
});

it("a run without an error has none", () => {
  expect(failuresIn([step("create", null, {}), said("warning", "deprecated")])).toEqual([]);
});

it("what policies say is kept, without its colours", () => {
  const failures = new Failures();
  const event = (resourceUrn: string | undefined, enforcementLevel: string) =>
    JSON.stringify({
      policyEvent: {
        ...(resourceUrn && { resourceUrn }),
        policyName: "ssh-open",
        message: "<{%fg 1%}>22 is open<{%reset%}>\n",
        enforcementLevel,
      },
    });
  failures.add(event(urn, "mandatory"));
  failures.add(event(undefined, "advisory"));
  expect(failures.findings()).toEqual([
    { policy: "ssh-open", resource: "slipway-dev-droplet", message: "22 is open", isMandatory: true },
    { policy: "ssh-open", resource: undefined, message: "22 is open", isMandatory: false },
  ]);
});
