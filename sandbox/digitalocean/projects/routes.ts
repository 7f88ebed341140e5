import type { Context, Hono } from "hono";
import { z } from "zod";
import { readBody } from "../../http/body";
import type { SandboxEnv } from "../../http/env";
import type { Cloud } from "../cloud";
import { liveClusters } from "../databases/model";
import { origin, page } from "../envelope";
import { ApiError, conflict, notFound, unprocessable } from "../errors";
import { apiTime, uuid } from "../ids";
import type { State } from "../state";
import { addProject, defaultProject } from "./default";
import type { Project } from "./model";

/** The purposes the API knows; any other is kept as `Other: …`. */
const PURPOSES = [
  "Just trying out DigitalOcean",
  "Class project / Educational purposes",
  "Website or blog",
  "Web Application",
  "Service or API",
  "Mobile Application",
  "Machine learning / AI / Data processing",
  "IoT",
  "Operational / Developer tooling",
];
const ENVIRONMENTS = ["Development", "Staging", "Production"];

const name = z.string().min(1, "name can't be blank").max(175);
const text = z.string().max(255);
const NewProject = z.object({ name, description: text.nullish(), purpose: text.min(1), environment: text.nullish() });
const ChangedProject = z.object({
  name: name.nullish(),
  description: text.nullish(),
  purpose: text.nullish(),
  environment: text.nullish(),
  is_default: z.boolean().nullish(),
});
const Assigned = z.object({ resources: z.array(z.string()) });

/** `/v2/projects`: projects and the resources in them. */
export function projectRoutes(app: Hono<SandboxEnv>, cloud: Cloud): void {
  const { state } = cloud;
  app.get("/v2/projects", (c) => {
    defaultProject(cloud);
    return page(c, "projects", state.projects, projectView);
  });
  app.post("/v2/projects", async (c) => {
    defaultProject(cloud);
    const asked = await readBody(c, NewProject);
    requireFreeName(state, asked.name);
    const project = addProject(cloud, {
      name: asked.name,
      description: asked.description ?? "",
      purpose: purpose(asked.purpose),
      environment: environment(asked.environment ?? ""),
      isDefault: false,
    });
    return c.json({ project: projectView(project) }, 201);
  });
  app.get("/v2/projects/:id", (c) => c.json({ project: projectView(requireProject(cloud, c.req.param("id"))) }));
  app.put("/v2/projects/:id", (c) => change(c, cloud));
  app.patch("/v2/projects/:id", (c) => change(c, cloud));
  app.delete("/v2/projects/:id", (c) => {
    const project = requireProject(cloud, c.req.param("id"));
    if (project.isDefault) throw new ApiError(412, "precondition_failed", "cannot delete the default project");
    if (urnsIn(cloud, project).length > 0) {
      const message = "cannot delete a project with resources. move or remove the resources first";
      throw new ApiError(412, "precondition_failed", message);
    }
    state.projects = state.projects.filter((known) => known !== project);
    return c.body(null, 204);
  });
  app.get("/v2/projects/:id/resources", (c) => {
    const project = requireProject(cloud, c.req.param("id"));
    return page(c, "resources", urnsIn(cloud, project), (urn) => resourceView(urn, "ok", project, origin(c)));
  });
  app.post("/v2/projects/:id/resources", async (c) => {
    const project = requireProject(cloud, c.req.param("id"));
    const { resources } = await readBody(c, Assigned);
    const known = urns(state);
    const views = resources.map((urn) => {
      if (!known.includes(urn)) throw unprocessable(`resource ${JSON.stringify(urn)} does not exist`);
      const status = projectOf(cloud, urn) === project.id ? "already_assigned" : "assigned";
      return resourceView(urn, status, project, origin(c));
    });
    for (const urn of resources) state.assignments[urn] = project.id;
    return c.json({ resources: views });
  });
}

async function change(c: Context, cloud: Cloud): Promise<Response> {
  const project = requireProject(cloud, c.req.param("id") ?? "");
  const asked = await readBody(c, ChangedProject);
  if (asked.name) requireFreeName(cloud.state, asked.name, project);
  project.name = asked.name ?? project.name;
  project.description = asked.description ?? project.description;
  if (asked.purpose) project.purpose = purpose(asked.purpose);
  if (asked.environment) project.environment = environment(asked.environment);
  if (asked.is_default) for (const other of cloud.state.projects) other.isDefault = other === project;
  project.updated = cloud.clock.now();
  return c.json({ project: projectView(project) });
}

function purpose(asked: string): string {
  return PURPOSES.includes(asked) || asked.startsWith("Other: ") ? asked : `Other: ${asked}`;
}

function environment(asked: string): string {
  if (asked === "") return "";
  const known = ENVIRONMENTS.find((name) => name.toLowerCase() === asked.toLowerCase());
  if (!known) throw unprocessable(`environment ${JSON.stringify(asked)} is invalid: one of ${ENVIRONMENTS.join(", ")}`);
  return known;
}

function requireFreeName(state: State, name: string, itself?: Project): void {
  if (state.projects.some((project) => project !== itself && project.name === name)) {
    throw conflict("a project with that name already exists");
  }
}

function requireProject(cloud: Cloud, id: string): Project {
  const standard = defaultProject(cloud);
  const project = id === "default" ? standard : cloud.state.projects.find((known) => known.id === id);
  if (!project) throw notFound();
  return project;
}

/** URNs of everything that can be in a project. */
function urns(state: State): string[] {
  return [
    ...state.droplets.filter((droplet) => !droplet.destroying).map((droplet) => `do:droplet:${droplet.id}`),
    ...state.reservedIps.map((ip) => `do:reservedip:${ip.ip}`),
    ...state.volumes.map((volume) => `do:volume:${volume.id}`),
    ...state.domains.map((domain) => `do:domain:${domain.name}`),
    ...liveClusters(state).map((cluster) => `do:dbaas:${cluster.id}`),
  ];
}

function projectOf(cloud: Cloud, urn: string): string {
  const made = cloud.state.reservedIps.find((ip) => urn === `do:reservedip:${ip.ip}`)?.project;
  return cloud.state.assignments[urn] ?? made ?? defaultProject(cloud).id;
}

function urnsIn(cloud: Cloud, project: Project): string[] {
  return urns(cloud.state).filter((urn) => projectOf(cloud, urn) === project.id);
}

const PATHS: Record<string, string> = {
  droplet: "droplets",
  reservedip: "reserved_ips",
  volume: "volumes",
  dbaas: "databases",
  domain: "domains",
};

function resourceView(urn: string, status: string, project: Project, base: string) {
  const [, kind = "", id = ""] = urn.split(":");
  return {
    urn,
    assigned_at: apiTime(project.updated),
    links: { self: `${base}/v2/${PATHS[kind] ?? kind}/${id}` },
    status,
  };
}

function projectView(project: Project) {
  return {
    id: project.id,
    owner_uuid: uuid("account", 1),
    owner_id: 1,
    name: project.name,
    description: project.description,
    purpose: project.purpose,
    environment: project.environment,
    is_default: project.isDefault,
    created_at: apiTime(project.created),
    updated_at: apiTime(project.updated),
  };
}
