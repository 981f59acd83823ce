ALTER TABLE "exporters" ADD COLUMN "simulated_clock" jsonb;--> statement-breakpoint
ALTER TABLE "exporters" ADD COLUMN "protocols" text[] DEFAULT '{}' NOT NULL;--> statement-breakpoint
ALTER TABLE "exporters" ADD COLUMN "first_seen" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "exporters" ADD COLUMN "last_seen" timestamp (3) with time zone;