import { join } from "node:path";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { type BuildInput, contentTag } from "./contentTag";

/** Login and place of a registry. */
export interface RegistryArgs {
  readonly server: string;
  readonly namespace?: string | undefined;
  readonly username: string;
  readonly password: pulumi.Input<string>;
}

/** How one process gets its image: built from a folder, or taken by digest, or by a tag that the host follows. */
export type ImageSource =
  | { readonly image: string }
  | {
      readonly build: {
        readonly context: string;
        readonly dockerfile: string;
        readonly target?: string;
        readonly args: Readonly<Record<string, string>>;
      };
    };

/** What the images of an app are made from. */
export interface AppImagesArgs {
  readonly app: string;
  /** Folder that contexts start from. */
  readonly folder: string;
  readonly sources: Readonly<Record<string, ImageSource>>;
  readonly registry: RegistryArgs;
  readonly platform: string;
  readonly network?: string | undefined;
  /** Arguments that win over those of the compose file. */
  readonly args: Readonly<Record<string, string>>;
}

/** Builds and pushes the images of an app, each distinct build once, under tags made from their content. */
export class AppImages extends pulumi.ComponentResource {
  /** Image for each process: by digest, or by the tag that the host follows. */
  readonly images: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: AppImagesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("slipway:registry:AppImages", name, {}, opts);
    const built = new Map<string, docker.Image>();
    const images = Object.entries(args.sources).map(([process, source]): [string, pulumi.Input<string>] => {
      if ("image" in source) return [process, source.image];
      const input = buildInput(args, source.build);
      const tag = contentTag(input);
      const image =
        built.get(tag) ??
        this.#build(built.size === 0 ? `${name}-image` : `${name}-${process}-image`, tag, input, args);
      built.set(tag, image);
      return [process, image.repoDigest];
    });
    this.images = pulumi.all(Object.fromEntries(images));
    this.registerOutputs({ images: this.images });
  }

  #build(name: string, tag: string, input: BuildInput, { app, registry, network }: AppImagesArgs): docker.Image {
    const repository = [registry.server, registry.namespace, app].filter(Boolean).join("/");
    return new docker.Image(
      name,
      {
        imageName: `${repository}:${tag}`,
        registry: { server: registry.server, username: registry.username, password: registry.password },
        build: {
          context: input.context,
          dockerfile: join(input.context, input.dockerfile),
          platform: input.platform,
          args: { ...input.args },
          ...(input.target ? { target: input.target } : {}),
          ...(network ? { network } : {}),
        },
      },
      { parent: this },
    );
  }
}

function buildInput(args: AppImagesArgs, build: Extract<ImageSource, { build: unknown }>["build"]): BuildInput {
  return {
    context: join(args.folder, build.context),
    dockerfile: build.dockerfile,
    platform: args.platform,
    args: { ...build.args, ...args.args },
    ...(build.target ? { target: build.target } : {}),
  };
}
