import { version } from "@pulumi/docker/package.json";
import { serve } from "../serve";
import { docker } from "./docker";

serve(docker(), version);
