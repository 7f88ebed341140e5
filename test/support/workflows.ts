/** The workflow files, parsed: what tests look at and run. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

/** A step of a job. */
export interface WorkflowStep {
  readonly name?: string;
  readonly id?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A job of a workflow. */
export interface WorkflowJob {
  readonly if?: string;
  readonly needs?: string | readonly string[];
  readonly "runs-on"?: string | readonly string[];
  readonly permissions?: Readonly<Record<string, string>>;
  readonly environment?: string | { readonly name: string; readonly url?: string; readonly deployment?: boolean };
  readonly concurrency?: { readonly group: string; readonly "cancel-in-progress": boolean };
  readonly env?: Readonly<Record<string, string>>;
  readonly "timeout-minutes"?: number;
  readonly steps: readonly WorkflowStep[];
}

/** One workflow file. */
export interface Workflow {
  readonly file: string;
  readonly text: string;
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly concurrency?: WorkflowJob["concurrency"];
  readonly jobs: Readonly<Record<string, WorkflowJob>>;
}

/** Folders of workflows: this repository's own, and what an app's repository takes over. */
const folders = [".github/workflows", "workflows/app"];

/** Every workflow there is. */
export function readWorkflows(): readonly Workflow[] {
  return folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith(".yml"))
      .map((name) => readWorkflow(join(folder, name))),
  );
}

/** One of them. */
export function readWorkflow(file: string): Workflow {
  const text = readFileSync(file, "utf8");
  return { ...(parse(text) as Omit<Workflow, "file" | "text">), file, text };
}

/** Name of the environment whose secrets a job may read. */
export function environmentOf({ environment }: WorkflowJob): string | undefined {
  return typeof environment === "string" ? environment : environment?.name;
}
