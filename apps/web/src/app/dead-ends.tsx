import { Button } from "@mantine/core";
import { type ErrorComponentProps, Link } from "@tanstack/react-router";
import { EmptyState } from "../ui/notices.tsx";
import { Page } from "../ui/page.tsx";

/** There is nothing at this address. */
export function MissingPage() {
  return (
    <Page title="Nothing here">
      <EmptyState icon="search" title="There is no page at this address.">
        <p>
          The link may be old or mistyped. <Link to="/">Go to the overview</Link> or{" "}
          <Link to="/assets">look through the assets</Link>.
        </p>
      </EmptyState>
    </Page>
  );
}

/** The console itself failed. What it shows is the server's, so nothing is lost. */
export function CrashPage({ error }: ErrorComponentProps) {
  return (
    <Page title="Something broke">
      <EmptyState icon="warning" title="This page broke while it was being drawn.">
        <p>Nothing is lost: all data is with the server. Loading the page again usually helps.</p>
        <p>
          <code>{error instanceof Error ? error.message : String(error)}</code>
        </p>
        <Button mt="md" onClick={() => location.reload()}>
          Load again
        </Button>
      </EmptyState>
    </Page>
  );
}
