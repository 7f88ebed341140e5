import type { Cloud } from "../cloud";
import { uuid } from "../ids";
import type { Project } from "./model";

/** The project that holds whatever no other holds; made when it is first asked for. */
export function defaultProject(cloud: Cloud): Project {
  const known = cloud.state.projects.find((project) => project.isDefault);
  if (known) return known;
  return addProject(cloud, {
    name: "first-project",
    description: "Update your project information under Settings",
    purpose: "Just trying out DigitalOcean",
    environment: "",
    isDefault: true,
  });
}

/** Records a project. */
export function addProject(cloud: Cloud, fresh: Omit<Project, "id" | "created" | "updated">): Project {
  const { state } = cloud;
  state.counters.project += 1;
  const now = cloud.clock.now();
  const project: Project = { id: uuid("project", state.counters.project), created: now, updated: now, ...fresh };
  state.projects.push(project);
  return project;
}
