import { version } from "@pulumi/command/package.json";
import { serve } from "../serve";
import { command } from "./command";

serve(command, version);
