import { version } from "@pulumi/tls/package.json";
import { serve } from "../serve";
import { tls } from "./tls";

serve(tls, version);
