/** One reason of a refusal, and the member of the request it is about. */
export interface Reason {
  readonly reason: string;
  readonly field?: string;
}

/** A refusal as the Linode API words it: HTTP status and every reason at once. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;
  readonly reasons: readonly Reason[];

  constructor(status: number, reasons: readonly Reason[]) {
    super(reasons.map(({ reason, field }) => (field ? `${field}: ${reason}` : reason)).join("; "));
    this.status = status;
    this.reasons = reasons;
  }
}

/** 404 in the API's own words. */
export function notFound(): ApiError {
  return new ApiError(404, [{ reason: "Not found" }]);
}

/** 400: one reason, with the member of the request it is about. */
export function refused(reason: string, field?: string): ApiError {
  return new ApiError(400, [{ reason, ...(field === undefined ? {} : { field }) }]);
}

/** Throws a 400 that holds every reason, if there is one. */
export function refuseAll(reasons: readonly Reason[]): void {
  if (reasons.length > 0) throw new ApiError(400, reasons);
}

/** 501: the real cloud does it and the sandbox does not. */
export function beyondSandbox(message: string): ApiError {
  return new ApiError(501, [{ reason: `a limit of the sandbox: ${message}` }]);
}

/** What the API says of a status that no resource words itself. */
export function reasonOf(status: number): string {
  switch (status) {
    case 401:
      return "Invalid Token";
    case 403:
      return "Unauthorized";
    case 429:
      return "Too many requests";
    default:
      return "An error occurred";
  }
}
