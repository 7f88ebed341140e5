import { version } from "@pulumi/random/package.json";
import { serve } from "../serve";
import { random } from "./random";

serve(random, version);
