import { findRegion } from "../catalog/regions";
import { regionView } from "../catalog/views";
import { apiTime } from "../ids";
import type { Action } from "./model";

/** An action as the API shows it. */
export function actionView(action: Action) {
  const region = findRegion(action.region);
  return {
    id: action.id,
    status: action.status,
    type: action.type,
    started_at: apiTime(action.startedAt),
    completed_at: action.completedAt === null ? null : apiTime(action.completedAt),
    resource_id: action.resourceId,
    resource_type: action.resourceType,
    region: region ? regionView(region) : null,
    region_slug: action.region,
  };
}

/** A link to an action, as answers that begin one carry it. */
export function actionLink(action: Action, origin: string) {
  return { id: action.id, rel: action.type, href: `${origin}/v2/actions/${action.id}` };
}
