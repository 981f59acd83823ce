import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { ApiFailure } from "../api/problems.ts";
import { createConsoleRouter } from "./router.tsx";
import { CSS_VARIABLES, THEME } from "./theme.ts";

const RETRIES = 1;
const RETRY_MS = 500;

const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      retry: (failures, error) => failures < RETRIES && error instanceof ApiFailure && error.mayPass,
      retryDelay: RETRY_MS,
      staleTime: 1_000,
    },
  },
});
const router = createConsoleRouter();

export function App() {
  return (
    <StrictMode>
      <MantineProvider
        theme={THEME}
        cssVariablesResolver={CSS_VARIABLES}
        defaultColorScheme="auto"
        getStyleNonce={styleNonce}
      >
        <QueryClientProvider client={queryClient}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>
  );
}

/** The nonce of this page's answer, without which the content security policy lets no style element in. */
function styleNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? "";
}
