import type { Context, Hono } from "hono";
import { z } from "zod";
import type { SandboxEnv } from "../../http/env";
import { readAsked } from "../body";
import type { GitHub } from "../cloud";
import { countedPage } from "../envelope";
import { notFound } from "../errors";
import { type Places, placesOf } from "../places";
import { apiTime } from "../urls";
import { addVariable, changeVariable, findVariable, type Variable } from "./model";

const NewVariable = z.object({ name: z.string(), value: z.string() });
const Changed = z.object({ name: z.string().optional(), value: z.string().optional() });

/** `…/actions/variables` of repositories and `…/variables` of their environments. */
export function variableRoutes(api: Hono<SandboxEnv>, github: GitHub): void {
  for (const [path, placeOf] of placesOf("variables", github)) {
    api.get(path, (c) => countedPage(c, "variables", placeOf(c, "read").variables.map(variableView)));
    api.post(path, async (c) => {
      const { variables } = placeOf(c, "write");
      addVariable(variables, await readAsked(c, NewVariable), github.clock.now());
      return c.json({}, 201);
    });
    api.get(`${path}/:name`, (c) => c.json(variableView(required(c, placeOf(c, "read")))));
    api.patch(`${path}/:name`, async (c) => {
      const variable = required(c, placeOf(c, "write"));
      changeVariable(variable, await readAsked(c, Changed), github.clock.now());
      return c.body(null, 204);
    });
    api.delete(`${path}/:name`, (c) => {
      const place = placeOf(c, "write");
      place.variables.splice(place.variables.indexOf(required(c, place)), 1);
      return c.body(null, 204);
    });
  }
}

function required(c: Context, { variables }: Places): Variable {
  const variable = findVariable(variables, c.req.param("name") ?? "");
  if (!variable) throw notFound();
  return variable;
}

function variableView({ name, value, created, updated }: Variable) {
  return { name, value, created_at: apiTime(created), updated_at: apiTime(updated) };
}
