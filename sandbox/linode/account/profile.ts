/** Name of the one user of the account. */
export const USERNAME = "slipway";

/** The user as the API shows it. */
export const profile = {
  uid: 1000,
  username: USERNAME,
  email: "slipway@example.com",
  verified_phone_number: null,
  timezone: "GMT",
  email_notifications: true,
  referrals: { code: "", url: "", total: 0, completed: 0, pending: 0, credit: 0 },
  ip_whitelist_enabled: false,
  lish_auth_method: "password_keys",
  authorized_keys: null,
  two_factor_auth: true,
  restricted: false,
  authentication_type: "password",
  user_type: "default",
};
