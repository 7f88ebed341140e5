/** Wires the databases of a machine's apps: each where its settings put it, and where it comes from as long as they say so. */
import * as pulumi from "@pulumi/pulumi";
import { type DatabaseAccess, databaseEnvironment, databaseSecrets } from "../infra/database/access";
import { type ClusterChoice, clusterName, type DatabaseChoice, placeOf } from "../infra/database/choice";
import { ContainerDatabase } from "../infra/database/containerDatabase";
import type { PullLogin } from "../infra/database/containerScript";
import { DigitalOceanCluster } from "../infra/database/digitaloceanCluster";
import { externalAccess } from "../infra/database/externalDatabase";
import { HostDatabase } from "../infra/database/hostDatabase";
import { ownShare, tenantShare } from "../infra/database/hostPostgres";
import { LinodeCluster } from "../infra/database/linodeCluster";
import type { ManagedCluster } from "../infra/database/managedCluster";
import { ManagedDatabase } from "../infra/database/managedDatabase";
import type { Placement } from "../infra/database/placement";
import { remarkOf } from "../infra/mark";
import type { Connection } from "../infra/ssh/remoteScript";
import type { AppSettings } from "./settings";
import type { HostSettings } from "./settings/host";

/** What databases are wired to. */
export interface DatabaseGround {
  /** Of the stack's own resources, e.g. `slipway-dev`. */
  readonly name: string;
  readonly host: HostSettings;
  /** None where it outlives the stack. */
  readonly machine?: pulumi.CustomResource | undefined;
  /** What stands for the machine's life; none where it outlives the stack. */
  readonly life?: pulumi.Resource | undefined;
  /** Networks that its own connections come from, where its cloud's databases know it by nothing else. */
  readonly sources?: pulumi.Output<readonly string[]> | undefined;
  readonly connection: Connection;
  /** `PROJECT/STACK`. */
  readonly stack: string;
  /** What the stack marks as its own. */
  readonly mark: pulumi.Output<string>;
  /** What a database in the machine's own Postgres waits for. */
  readonly postgres: pulumi.Resource;
  /** What any other waits for. */
  readonly ready: readonly pulumi.Resource[];
  /** Whether databases stay on the machine when they leave the stack. */
  readonly keep: boolean;
  /** Whether those that go are dumped one last time. */
  readonly lastDump: boolean;
  /** Whether the stack is thrown away: nobody asked how much of a shared server it may have. */
  readonly isEphemeral: boolean;
  readonly registry: PullLogin;
}

/** What an app's release is told of its database. */
export interface AppDatabase {
  /** Holds a password. */
  readonly access: pulumi.Output<DatabaseAccess>;
  /** Variables of the processes. */
  readonly environment: pulumi.Output<Record<string, string>>;
  /** Names of those that nobody may read. */
  readonly secrets: readonly string[];
  readonly manifest: pulumi.Output<DatabasePart>;
  /** What the release waits for. */
  readonly ready: readonly pulumi.Resource[];
}

/** What a manifest says of the database. */
export interface DatabasePart {
  readonly database: { readonly url: string; readonly variables: string[]; readonly network?: string };
  readonly authorities?: string[];
  readonly move?: { readonly url: string; readonly from: string };
}

/** Whose database it is. */
interface Owner {
  readonly app: string;
  readonly onHost: string;
  readonly claim: pulumi.Resource;
}

/** See the file's head. */
export class AppDatabases {
  readonly #ground: DatabaseGround;
  readonly #clusters = new Map<string, ManagedCluster>();

  constructor(ground: DatabaseGround) {
    this.#ground = ground;
  }

  /**
   * The database of an app, made if it is the stack's to make.
   * @param onHost what the app is called on the host, after which its database is named
   * @param claim what marks the app as this stack's
   */
  of(
    { name: app, database: { at, from, variables } }: AppSettings,
    onHost: string,
    claim: pulumi.Resource,
  ): AppDatabase {
    const place = (choice: DatabaseChoice) => this.#place({ app, onHost, claim }, choice);
    const placement = place(at);
    const before = from === undefined || from === "none" ? undefined : place(from);
    const environment = placement.access.apply((access) => databaseEnvironment(access, variables));
    const manifest = pulumi
      .all([placement.access, before?.access, environment])
      .apply(([access, old, values]) => partOf(Object.keys(values), access, old, from));
    return {
      access: placement.access,
      environment,
      secrets: databaseSecrets(variables),
      manifest,
      ready: [...placement.ready, ...(before?.ready ?? [])],
    };
  }

  /** Regions of the clusters that their cloud can't move, by name. */
  get fixedRegions(): Readonly<Record<string, pulumi.Output<string>>> {
    return Object.fromEntries(
      [...this.#clusters].flatMap(([name, { fixedRegion }]) => (fixedRegion ? [[name, fixedRegion]] : [])),
    );
  }

  #place({ app, onHost, claim }: Owner, choice: DatabaseChoice): Placement {
    const { connection, life, host, stack, mark, postgres, ready, keep, lastDump, isEphemeral, registry } =
      this.#ground;
    const name = `${app}-database`;
    const remark = mark.apply((text) => remarkOf({ stack, mark: text }));
    const common = { app: onHost, connection, life, protect: host.protect, keep, lastDump, remark };
    switch (choice.mode) {
      case "host":
        return new HostDatabase(
          name,
          {
            ...common,
            limits: {
              share: host.provider === "stack" ? tenantShare : ownShare,
              connections: isEphemeral ? undefined : choice.connections,
            },
          },
          { dependsOn: [postgres, claim] },
        );
      case "container": {
        const { image } = choice;
        const login = image.startsWith(`${registry.server}/`) ? registry : undefined;
        return new ContainerDatabase(name, { ...common, image, login }, { dependsOn: [...ready, claim] });
      }
      case "managed": {
        const cluster = this.#cluster(app, choice.owner, choice.cluster);
        return new ManagedDatabase(name, { ...common, cluster }, { dependsOn: [...ready, claim] });
      }
      case "external":
        return { access: pulumi.secret(externalAccess(choice.url, choice.authority)), ready: [] };
      default: {
        const never: never = choice;
        return never;
      }
    }
  }

  /** One cluster for all of the stack's apps, or an app's own; made once. */
  #cluster(app: string, owner: "stack" | "app", choice: ClusterChoice): ManagedCluster {
    const key = clusterName(this.#ground.name, app, owner);
    const known = this.#clusters.get(key);
    if (known) return known;
    const made = makeCluster(key, this.#ground, choice);
    this.#clusters.set(key, made);
    return made;
  }
}

/** A cluster of the cloud that the machine is of. */
function makeCluster(
  name: string,
  { host, machine, sources, mark }: DatabaseGround,
  cluster: ClusterChoice,
): ManagedCluster {
  switch (host.provider) {
    case "digitalocean": {
      if (!machine) throw new Error("only a machine of the stack's own can be a trusted source");
      const { region, protect } = host;
      return new DigitalOceanCluster(`${name}-database`, { name, cluster, droplet: machine, region, protect, mark });
    }
    case "linode": {
      if (!sources) throw new Error("only a machine whose addresses are known can be let in");
      const { region, protect } = host;
      return new LinodeCluster(`${name}-database`, { name, cluster, sources, region, protect });
    }
    default:
      // The settings let nobody get here.
      throw new Error(`no managed database goes with a machine of ${host.provider}`);
  }
}

function partOf(
  variables: readonly string[],
  access: DatabaseAccess,
  old: DatabaseAccess | undefined,
  from: AppSettings["database"]["from"],
): DatabasePart {
  const authorities = [access.authority, old?.authority].filter((text) => text !== undefined);
  return {
    database: {
      url: "DATABASE_URL",
      variables: [...variables].sort(),
      ...(access.network !== undefined && { network: access.network }),
    },
    ...(authorities.length > 0 && { authorities: [...new Set(authorities)] }),
    ...(old && from !== undefined && from !== "none" && { move: { url: old.url, from: placeOf(from) } }),
  };
}
