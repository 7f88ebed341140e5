import type { Context } from "hono";
import { apiTime, apiUrl, nodeId, pageUrl } from "../urls";
import type { Account, Team } from "./model";

/** An account as the API shows it inside of other things. */
export function accountView(c: Context, { id, login, type }: Account) {
  return {
    login,
    id,
    node_id: nodeId(type === "User" ? "U" : "O", id),
    avatar_url: pageUrl(c, `/avatars/${id}`),
    gravatar_id: "",
    url: apiUrl(c, `/users/${login}`),
    html_url: pageUrl(c, `/${login}`),
    type,
    user_view_type: "public",
    site_admin: false,
  };
}

/** A person as the API shows it when asked for. */
export function userView(c: Context, account: Account) {
  return {
    ...accountView(c, account),
    name: account.login,
    company: null,
    blog: "",
    location: null,
    email: null,
    hireable: null,
    bio: null,
    public_repos: 0,
    public_gists: 0,
    followers: 0,
    following: 0,
    created_at: apiTime(account.created),
    updated_at: apiTime(account.created),
  };
}

/** An organization as the API shows it when asked for. */
export function organizationView(c: Context, { id, login, plan, created }: Account) {
  return {
    login,
    id,
    node_id: nodeId("O", id),
    url: apiUrl(c, `/orgs/${login}`),
    description: null,
    name: login,
    html_url: pageUrl(c, `/${login}`),
    type: "Organization",
    plan: { name: plan },
    created_at: apiTime(created),
    updated_at: apiTime(created),
  };
}

/** A team as the API shows it. */
export function teamView(c: Context, { id, organization, slug, name }: Team) {
  return {
    id,
    node_id: nodeId("T", id),
    name,
    slug,
    description: null,
    privacy: "closed",
    notification_setting: "notifications_enabled",
    permission: "pull",
    url: apiUrl(c, `/organizations/${organization}/team/${id}`),
    html_url: pageUrl(c, `/orgs/${organization}/teams/${slug}`),
    parent: null,
  };
}
