/** The `github` plugin's stand-in: the same calls to the same API. */
import type { Plugin } from "../resource";
import { Api, readSettings } from "./api";
import { deployKey } from "./deployKey";
import { deploymentPolicy, repositoryEnvironment } from "./environment";
import { getRepository, getTeam, getUser } from "./lookUps";
import { environmentSecret } from "./secret";
import { environmentVariable } from "./variable";

/** A plugin that has no API until it is configured. */
export function github(): Plugin {
  let configured = new Api(readSettings({}, process.env));
  const api = () => configured;
  return {
    name: "github",
    configure(settings) {
      configured = new Api(readSettings(settings, process.env));
    },
    resources: {
      "github:index/actionsEnvironmentSecret:ActionsEnvironmentSecret": environmentSecret(api),
      "github:index/actionsEnvironmentVariable:ActionsEnvironmentVariable": environmentVariable(api),
      "github:index/repositoryDeployKey:RepositoryDeployKey": deployKey(api),
      "github:index/repositoryEnvironment:RepositoryEnvironment": repositoryEnvironment(api),
      "github:index/repositoryEnvironmentDeploymentPolicy:RepositoryEnvironmentDeploymentPolicy": deploymentPolicy(api),
    },
    functions: {
      "github:index/getRepository:getRepository": getRepository(api),
      "github:index/getTeam:getTeam": getTeam(api),
      "github:index/getUser:getUser": getUser(api),
    },
  };
}
