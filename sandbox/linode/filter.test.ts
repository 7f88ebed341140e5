import { describe, expect, it } from "vitest";
import { filtered } from "./filter";

const items = [
  { id: 1, label: "web-1", tags: ["app", "prod"], created: "2026-11-20T00:00:00", entity: { id: 7, type: "linode" } },
  { id: 2, label: "web-2", tags: ["app"], created: "2026-11-21T00:00:00", entity: { id: 8, type: "linode" } },
  { id: 3, label: "db", tags: [], created: "2026-11-21T12:00:00", entity: null },
];
const fields = ["id", "label", "tags", "created", "entity.id", "entity.type"];
const ids = (filter: unknown) => filtered(items, JSON.stringify(filter), fields).map(({ id }) => id);

describe("X-Filter", () => {
  it.each([
    [{}, [1, 2, 3]],
    [{ label: "db" }, [3]],
    [{ label: "d" }, []],
    [{ id: "2" }, [2]],
    [{ tags: "prod" }, [1]],
    [{ tags: { "+contains": "PRO" } }, [1]],
    [{ label: { "+contains": "web" } }, [1, 2]],
    [{ label: { "+neq": "db" } }, [1, 2]],
    [{ id: { "+gt": 1, "+lte": 3 } }, [2, 3]],
    [{ id: { "+gte": 2 }, label: "db" }, [3]],
    [{ created: { "+lt": "2026-11-21T00:00:00" } }, [1]],
    [{ "entity.id": 8, "entity.type": "linode" }, [2]],
    [{ "+or": [{ label: "db" }, { "+and": [{ tags: "app" }, { id: { "+lt": 2 } }] }] }, [1, 3]],
    [{ "+order_by": "label" }, [3, 1, 2]],
    [{ "+order_by": "created", "+order": "desc", tags: "app" }, [2, 1]],
  ])("%j chooses %j", (filter, chosen) => {
    expect(ids(filter)).toEqual(chosen);
  });

  it("leaves a list alone without one", () => {
    expect(filtered(items, undefined, fields)).toEqual(items);
  });

  it.each([
    ["{", "Filter not valid JSON"],
    ["[]", "Filter must be an object"],
    ['{"foo":"bar"}', "Cannot filter on foo"],
    ['{"+or":{"id":1}}', "+or must be a list"],
    ['{"id":{"+like":1}}', "+like is not a valid operator"],
    ['{"+order_by":"foo"}', "Cannot order by foo"],
  ])("refuses %s", (text, reason) => {
    expect(() => filtered(items, text, fields)).toThrow(`X-Filter: ${reason}`);
  });
});
