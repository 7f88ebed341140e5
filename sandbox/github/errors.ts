/** One mistake in what was asked, as the API lists them. */
export interface Mistake {
  readonly resource: string;
  readonly code: string;
  readonly field: string;
  readonly message?: string;
}

/** A refusal as GitHub's API words it. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;
  readonly mistakes: readonly Mistake[] | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    message: string,
    mistakes?: readonly Mistake[],
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.status = status;
    this.mistakes = mistakes;
    this.headers = headers;
  }
}

/** 404 in the API's own words: there is no such thing, or this token may not know of it. */
export function notFound(): ApiError {
  return new ApiError(404, "Not Found");
}

/** 422 with one reason. */
export function refused(message: string): ApiError {
  return new ApiError(422, message);
}

/** 422 about one member of what was asked. */
export function invalid(resource: string, field: string, code: string, message?: string): ApiError {
  return new ApiError(422, "Validation Failed", [{ resource, code, field, ...(message ? { message } : {}) }]);
}

/** 501: the real API does it and the sandbox does not. */
export function beyondSandbox(message: string): ApiError {
  return new ApiError(501, `a limit of the sandbox: ${message}`);
}

/** What the API says of a status that no resource words itself. */
export function messageOf(status: number): string {
  switch (status) {
    case 401:
      return "Bad credentials";
    case 403:
      return "Resource not accessible by personal access token";
    case 429:
      return "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.";
    case 502:
    case 503:
    case 504:
      return "We couldn't respond to your request in time. Sorry about that. Please try resubmitting your request and contact us if the problem persists.";
    default:
      return "Server Error";
  }
}

/** The page that every refusal names. */
const DOCUMENTATION = "https://docs.github.com/rest";

/** A refusal as it goes out. The status stands in the body too, as a text. */
export function refusalOf(status: number, message: string, mistakes?: readonly Mistake[]): Response {
  return Response.json(
    {
      message,
      ...(mistakes === undefined ? {} : { errors: mistakes }),
      documentation_url: DOCUMENTATION,
      status: String(status),
    },
    { status },
  );
}
