import type { PolicyResource } from "@pulumi/policy";
import type { PlannedResource } from "./rule";

/** A resource as Pulumi hands it to a policy, in plain data: reading a value that is only known later throws, so it is left out. */
export function planned({ type, name, urn, opts, props, dependencies }: PolicyResource): PlannedResource {
  return {
    type,
    name,
    urn,
    protect: opts.protect === true,
    props: (known(props) ?? {}) as Record<string, unknown>,
    dependsOn: dependencies.map((other) => other.urn),
  };
}

/** What is known of a value now. */
export function known(value: unknown): unknown {
  if (Array.isArray(value)) return Array.from({ length: value.length }, (_, index) => read(() => value[index]));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.keys(value).map((key) => [key, read(() => (value as Record<string, unknown>)[key])]);
  return Object.fromEntries(entries.filter(([, one]) => one !== undefined));
}

function read(get: () => unknown): unknown {
  try {
    return known(get());
  } catch {
    return undefined;
  }
}
