import { version } from "@pulumi/linode/package.json";
import { serve } from "../serve";
import { linode } from "./linode";

serve(linode(), version);
