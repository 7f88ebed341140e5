import { version } from "@pulumi/digitalocean/package.json";
import { serve } from "../serve";
import { digitalocean } from "./digitalocean";

serve(digitalocean(), version);
