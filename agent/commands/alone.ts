import { Command } from "commander";
import { expectAlone } from "../alone";
import type { Host } from "../host";

/** `slipway alone`. */
export function aloneCommand(host: Host): Command {
  return new Command("alone")
    .description("whether this host can go with its stack; refused while other stacks have apps here")
    .requiredOption("--stack <project/stack>", "the stack that asks")
    .action(({ stack }: { stack: string }) => expectAlone(host.files, stack));
}
