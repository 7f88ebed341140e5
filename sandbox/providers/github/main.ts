import { version } from "@pulumi/github/package.json";
import { serve } from "../serve";
import { github } from "./github";

serve(github(), version);
