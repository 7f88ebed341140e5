/** A refusal as the DigitalOcean API words it: HTTP status, the `id` that stands for it, and a message for people. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;
  readonly id: string;

  constructor(status: number, id: string, message: string) {
    super(message);
    this.status = status;
    this.id = id;
  }
}

/** 404 in the API's own words. */
export function notFound(): ApiError {
  return new ApiError(404, "not_found", "The resource you requested could not be found.");
}

/** 422: understood and refused. */
export function unprocessable(message: string): ApiError {
  return new ApiError(422, "unprocessable_entity", message);
}

/** 409: at odds with something that exists. */
export function conflict(message: string): ApiError {
  return new ApiError(409, "conflict", message);
}

/** 501: the real cloud does it and the sandbox does not. */
export function beyondSandbox(message: string): ApiError {
  return new ApiError(501, "not_implemented", `a limit of the sandbox: ${message}`);
}

/** `id` of the error body by HTTP status, for refusals that no resource words itself. */
export function errorId(status: number): string {
  switch (status) {
    case 400:
      return "bad_request";
    case 401:
      return "unauthorized";
    case 403:
      return "forbidden";
    case 429:
      return "too_many_requests";
    case 503:
      return "service_unavailable";
    default:
      return status >= 500 ? "server_error" : "unprocessable_entity";
  }
}
