import { remote } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { Origin } from "../../agent/manifest";
import { livesOn } from "../host/machineHost";
import { commandLine } from "../ssh/commandLine";
import type { Connection } from "../ssh/remoteScript";
import { removeCommand, type Tenure } from "./appClaim";
import { type Content, manifestText, type Provenance, settleProvenance } from "./provenance";

/** What a release of an app is asked for with. */
export interface AppReleaseArgs {
  /** Whose app it is; its name is the one on the host. */
  readonly tenure: Tenure;
  readonly connection: Connection;
  /** What stands for the life of the machine it is on; none where that outlives the stack. */
  readonly life?: pulumi.Resource | undefined;
  /** What is to run. It holds secrets. */
  readonly content: pulumi.Input<Content>;
  /** Who asks now. */
  readonly now: Origin;
  /** What the stack remembers of the app's last release. */
  readonly last: pulumi.Input<Provenance | undefined>;
}

/** Hands an app's manifest to the release engine on its host and waits for the outcome. */
export class AppRelease extends pulumi.ComponentResource {
  /** For the stack to remember. */
  readonly provenance: pulumi.Output<Provenance>;
  /** Number of the release that is live. */
  readonly number: pulumi.Output<number>;

  constructor(name: string, args: AppReleaseArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:release:AppRelease", name, {}, opts);
    this.provenance = pulumi.secret(
      pulumi.all([args.content, args.last]).apply(([content, last]) => settleProvenance(content, last, args.now)),
    );
    const manifest = pulumi
      .all([args.content, this.provenance])
      .apply(([content, provenance]) => manifestText(content, provenance));
    const release = new remote.Command(
      `${name}-command`,
      {
        connection: args.connection,
        create: commandLine(["sudo", "slipway", "release"]),
        delete: commandLine(removeCommand(args.tenure)),
        stdin: pulumi.secret(manifest),
        addPreviousOutputInEnv: false,
      },
      { parent: this, ...livesOn(args) },
    );
    this.number = pulumi.unsecret(release.stdout.apply(releaseNumber));
    this.registerOutputs({ number: this.number });
  }
}

/** The release number in the engine's last line, `release 7 of notes is …`. */
export function releaseNumber(stdout: string): number {
  const lines = [...stdout.matchAll(/^release (\d+) of \S+ is /gm)];
  return Number(lines.at(-1)?.[1] ?? Number.NaN);
}
