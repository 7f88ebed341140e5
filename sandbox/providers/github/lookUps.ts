import type { Call } from "../resource";
import type { Properties } from "../wire";
import type { Api } from "./api";

/** A repository by `fullName`. Where there is none the answer is empty, as the real plugin's is. */
export function getRepository(api: () => Api) {
  return async ({ fullName, name }: Properties, { signal }: Call): Promise<Properties> => {
    const path = fullName === undefined ? await api().repository(name, signal) : `repos/${fullName}`;
    const found = await api().find(path, signal);
    if (!found) return { fullName, name, id: "" };
    return {
      id: found.name,
      name: found.name,
      fullName: found.full_name,
      repoId: found.id,
      nodeId: found.node_id,
      private: found.private,
      visibility: found.visibility,
      archived: found.archived,
      defaultBranch: found.default_branch,
      htmlUrl: found.html_url,
      sshCloneUrl: found.ssh_url,
      httpCloneUrl: found.clone_url,
    };
  };
}

/** A person by `username`. */
export function getUser(api: () => Api) {
  return async ({ username }: Properties, { signal }: Call): Promise<Properties> => {
    const { id, login, node_id } = await api().get(`users/${username}`, signal);
    return { id: String(id), username, login, nodeId: node_id };
  };
}

/** A team of the owner by `slug`. */
export function getTeam(api: () => Api) {
  return async ({ slug, summaryOnly }: Properties, { signal }: Call): Promise<Properties> => {
    if (summaryOnly !== true) throw new Error("the sandbox's stand-in knows of a team what summaryOnly asks for");
    const { id, name, node_id } = await api().get(`orgs/${await api().owner(signal)}/teams/${slug}`, signal);
    return { id: String(id), slug, name, nodeId: node_id, summaryOnly };
  };
}
