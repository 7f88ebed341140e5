import { Command } from "commander";
import type { Host } from "../host";
import { sendMessage } from "../linux/courier";
import { systemctl } from "../linux/systemctl";
import { listeners } from "../notify/listeners";
import { begin, end, test } from "../notify/listening";
import { look } from "../notify/look";
import { orderOf } from "../notify/orders";
import { momentText } from "../words";
import { actorOf } from "./actor";
import { standardInput } from "./input";
import { complain, say } from "./output";

/** `slipway notify`. */
export function notifyCommand(host: Host): Command {
  const tools = { files: host.files, systemctl };
  const command = new Command("notify").description("who is told of releases and troubles, and whether it works");
  command
    .command("list", { isDefault: true })
    .description("show who is told of what on this host")
    .action(async () => {
      const all = await listeners(host.files);
      if (all.length === 0)
        say("nobody is told of anything on this host; slipway:notify in a stack's settings says who is");
      for (const { stack, by, on, failed } of all) {
        say(`stack ${stack} by ${by.join(" and ")} on ${on.join(", ")}`);
        for (const { channel, since, reason } of failed)
          say(`  ! ${channel}: nothing can be sent since ${momentText(since)} UTC: ${reason}`);
      }
    });
  command
    .command("test")
    .description("send a test message to everyone who is told of anything")
    .argument("[stack]", "one stack's people, PROJECT/STACK; all where left out")
    .action(async (stack: string | undefined) => {
      await test(host, stack, { actor: actorOf(process.env), send: sendMessage, say });
    });
  command
    .command("look")
    .description("tell what there is to tell now; a timer and each release do this")
    .option("--whole", "look the whole host over although that was done a moment ago", false)
    .action(async ({ whole }: { whole: boolean }) => {
      if (!(await look(host, { whole, send: sendMessage, say }))) {
        complain("slipway: not everything could be sent; it is tried again within minutes");
        process.exitCode = 1;
      }
    });
  // For the stack, not for people.
  command
    .command("set", { hidden: true })
    .description("tell a stack's people from now on, as the order on standard input (JSON) says")
    .action(async () => {
      const order = orderOf(await standardInput("an order (JSON)"));
      await begin(host, order, tools);
      say(`stack ${order.stack} is told of ${order.on.join(", ")}`);
    });
  command
    .command("unset", { hidden: true })
    .description("tell a stack's people nothing more")
    .requiredOption("--stack <project/stack>", "the stack")
    .action(async ({ stack }: { stack: string }) => {
      await end(host, stack, tools);
      say(`stack ${stack} is told of nothing`);
    });
  return command;
}
