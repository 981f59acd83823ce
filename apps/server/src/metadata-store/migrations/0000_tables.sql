CREATE SEQUENCE "public"."process_numbers" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1 CYCLE;--> statement-breakpoint
CREATE TABLE "api_tokens" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "api_tokens_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"user_id" integer NOT NULL,
	"name" text NOT NULL,
	"token_sha256" "bytea" NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone,
	"last_used_at" timestamp (3) with time zone,
	"revoked_at" timestamp (3) with time zone,
	CONSTRAINT "api_tokens_token_sha256_unique" UNIQUE("token_sha256"),
	CONSTRAINT "api_tokens_digest_length" CHECK (octet_length("api_tokens"."token_sha256") = 32)
);
--> statement-breakpoint
CREATE TABLE "asset_evidence" (
	"asset_id" bigint PRIMARY KEY NOT NULL,
	"period_from" timestamp (3) with time zone NOT NULL,
	"period_to" timestamp (3) with time zone NOT NULL,
	"counts" json NOT NULL,
	"vector" double precision[] NOT NULL,
	"feature_version" text NOT NULL,
	"reasons" json NOT NULL,
	"missing" text[] NOT NULL,
	"evaluated_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "asset_types" (
	"name" text PRIMARY KEY NOT NULL,
	"label" text NOT NULL,
	"description" text DEFAULT '' NOT NULL,
	"built_in" boolean DEFAULT false NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "asset_types_name" CHECK ("asset_types"."name" ~ '^[a-z][a-z0-9_]{0,62}$')
);
--> statement-breakpoint
CREATE TABLE "assets" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "assets_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"network_id" integer NOT NULL,
	"address" "inet" NOT NULL,
	"internal" boolean NOT NULL,
	"pinned" boolean DEFAULT false NOT NULL,
	"name" text DEFAULT '' NOT NULL,
	"notes" text DEFAULT '' NOT NULL,
	"first_seen" timestamp (3) with time zone,
	"last_seen" timestamp (3) with time zone,
	"conversations" bigint DEFAULT 0 NOT NULL,
	"bytes_in" bigint DEFAULT 0 NOT NULL,
	"bytes_out" bigint DEFAULT 0 NOT NULL,
	"clients" integer DEFAULT 0 NOT NULL,
	"servers" integer DEFAULT 0 NOT NULL,
	"served_endpoints" integer[] DEFAULT '{}' NOT NULL,
	"served_clients" integer[] DEFAULT '{}' NOT NULL,
	"max_sampling_rate" integer DEFAULT 1 NOT NULL,
	"asset_type" text DEFAULT 'unknown' NOT NULL,
	"confidence" double precision DEFAULT 0 NOT NULL,
	"classification_method" text DEFAULT 'none' NOT NULL,
	"classification_locked" boolean DEFAULT false NOT NULL,
	"confirmed" boolean GENERATED ALWAYS AS (classification_locked or classification_method = 'manual') STORED NOT NULL,
	"type_since" timestamp (3) with time zone,
	"engine_type" text,
	"engine_confidence" double precision,
	"engine_method" text,
	"runner_up" text,
	"runner_up_confidence" double precision,
	"role" text,
	"role_confidence" double precision,
	"model_version" text,
	"feature_version" text,
	"challenger_type" text,
	"challenger_runs" smallint DEFAULT 0 NOT NULL,
	"classified_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"search_text" text GENERATED ALWAYS AS (lower(host(address) || ' ' || name || ' ' || notes)) STORED NOT NULL,
	CONSTRAINT "assets_method" CHECK ("assets"."classification_method" in ('ml', 'heuristic', 'manual', 'rule', 'none')),
	CONSTRAINT "assets_engine_method" CHECK ("assets"."engine_method" in ('ml', 'heuristic', 'manual', 'rule', 'none')),
	CONSTRAINT "assets_undecided_is_unknown" CHECK ("assets"."classification_method" <> 'none' or "assets"."asset_type" = 'unknown'),
	CONSTRAINT "assets_confidence" CHECK ("assets"."confidence" between 0 and 1),
	CONSTRAINT "assets_engine_confidence" CHECK ("assets"."engine_confidence" between 0 and 1),
	CONSTRAINT "assets_one_address" CHECK (masklen("assets"."address") = case family("assets"."address") when 4 then 32 else 128 end),
	CONSTRAINT "assets_served_pairs" CHECK (cardinality("assets"."served_endpoints") = cardinality("assets"."served_clients"))
);
--> statement-breakpoint
CREATE TABLE "background_tasks" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"type" text NOT NULL,
	"name" text NOT NULL,
	"description" text DEFAULT '' NOT NULL,
	"status" text DEFAULT 'pending' NOT NULL,
	"total_items" integer,
	"processed_items" integer DEFAULT 0 NOT NULL,
	"successful_items" integer DEFAULT 0 NOT NULL,
	"failed_items" integer DEFAULT 0 NOT NULL,
	"skipped_items" integer DEFAULT 0 NOT NULL,
	"progress" jsonb,
	"parameters" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"result" jsonb,
	"error_message" text,
	"error_details" jsonb,
	"triggered_by" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"started_at" timestamp (3) with time zone,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp (3) with time zone,
	CONSTRAINT "background_tasks_status" CHECK ("background_tasks"."status" in ('pending', 'running', 'completed', 'failed', 'cancelled')),
	CONSTRAINT "background_tasks_ended" CHECK (("background_tasks"."finished_at" is not null) = ("background_tasks"."status" in ('completed', 'failed', 'cancelled'))),
	CONSTRAINT "background_tasks_failure_has_reason" CHECK ("background_tasks"."status" <> 'failed' or "background_tasks"."error_message" is not null),
	CONSTRAINT "background_tasks_counts" CHECK (least("background_tasks"."total_items", "background_tasks"."processed_items", "background_tasks"."successful_items", "background_tasks"."failed_items", "background_tasks"."skipped_items") >= 0)
);
--> statement-breakpoint
CREATE TABLE "classification_history" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "classification_history_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"asset_id" bigint NOT NULL,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"from_type" text NOT NULL,
	"to_type" text NOT NULL,
	"method" text NOT NULL,
	"confidence" double precision NOT NULL,
	"model_version" text,
	"feature_version" text,
	"vector" double precision[],
	"counts" json,
	"reasons" json NOT NULL,
	"changed_by" integer,
	CONSTRAINT "classification_history_method" CHECK ("classification_history"."method" in ('ml', 'heuristic', 'manual', 'rule', 'none')),
	CONSTRAINT "classification_history_confidence" CHECK ("classification_history"."confidence" between 0 and 1)
);
--> statement-breakpoint
CREATE TABLE "exporters" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "exporters_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"address" "inet" NOT NULL,
	"network_id" integer NOT NULL,
	"name" text DEFAULT '' NOT NULL,
	"sampling_rate" integer,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "exporters_address_unique" UNIQUE("address"),
	CONSTRAINT "exporters_sampling_rate" CHECK ("exporters"."sampling_rate" >= 1)
);
--> statement-breakpoint
CREATE TABLE "imports" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "imports_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"network_id" integer NOT NULL,
	"sha256" text,
	"path" text NOT NULL,
	"format" text,
	"state" text NOT NULL,
	"bytes" bigint,
	"records" bigint,
	"break_offset" bigint,
	"break_reason" text,
	"first_record_at" timestamp (3) with time zone,
	"last_record_at" timestamp (3) with time zone,
	"counters" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"started_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp (3) with time zone,
	"owner" integer,
	"owner_host" text,
	"owner_pid" integer,
	CONSTRAINT "imports_state" CHECK ("imports"."state" in ('running', 'complete', 'incomplete', 'undoing')),
	CONSTRAINT "imports_sha256" CHECK ("imports"."sha256" ~ '^[0-9a-f]{64}$'),
	CONSTRAINT "imports_finished" CHECK ("imports"."state" not in ('complete', 'incomplete') or ("imports"."sha256" is not null and "imports"."bytes" is not null and "imports"."records" is not null and "imports"."finished_at" is not null)),
	CONSTRAINT "imports_incomplete" CHECK ("imports"."state" <> 'incomplete' or ("imports"."break_offset" is not null and "imports"."break_reason" is not null)),
	CONSTRAINT "imports_owner" CHECK (("imports"."owner" is not null) = ("imports"."state" in ('running', 'undoing')))
);
--> statement-breakpoint
CREATE TABLE "labels" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "labels_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"asset_id" bigint NOT NULL,
	"asset_type" text NOT NULL,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"confirmed_by" integer,
	"confirmed_by_name" text NOT NULL,
	"engine_type" text,
	"model_version" text,
	"vector" double precision[],
	"feature_version" text,
	"counts" json,
	"period_from" timestamp (3) with time zone,
	"period_to" timestamp (3) with time zone,
	"ended_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "ml_model_registry" (
	"version" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"algorithm" text NOT NULL,
	"feature_version" text NOT NULL,
	"classes" text[] NOT NULL,
	"is_active" boolean DEFAULT false NOT NULL,
	"metrics" jsonb NOT NULL,
	"confusion_matrix" jsonb NOT NULL,
	"importances" jsonb NOT NULL,
	"calibration" jsonb NOT NULL,
	"fingerprint" jsonb NOT NULL,
	"seed" bigint NOT NULL,
	"notes" text DEFAULT '' NOT NULL,
	"artefact" "bytea",
	"artefact_sha256" "bytea" NOT NULL,
	"trained_at" timestamp (3) with time zone NOT NULL,
	"trained_by" integer,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "ml_model_registry_kind" CHECK ("ml_model_registry"."kind" in ('shipped', 'custom')),
	CONSTRAINT "ml_model_registry_algorithm" CHECK ("ml_model_registry"."algorithm" in ('random_forest', 'gradient_boosting')),
	CONSTRAINT "ml_model_registry_digest_length" CHECK (octet_length("ml_model_registry"."artefact_sha256") = 32),
	CONSTRAINT "ml_model_registry_artefact" CHECK (("ml_model_registry"."kind" = 'custom') = ("ml_model_registry"."artefact" is not null))
);
--> statement-breakpoint
CREATE TABLE "model_activations" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "model_activations_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"version" text NOT NULL,
	"activated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"ended_at" timestamp (3) with time zone,
	"activated_by" integer,
	"activated_by_name" text NOT NULL,
	CONSTRAINT "model_activations_order" CHECK ("model_activations"."ended_at" >= "model_activations"."activated_at")
);
--> statement-breakpoint
CREATE TABLE "networks" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "networks_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"name" text NOT NULL,
	"internal_ranges" "cidr"[] NOT NULL,
	"time_zone" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "networks_name_unique" UNIQUE("name"),
	CONSTRAINT "networks_name_length" CHECK (char_length("networks"."name") between 1 and 200)
);
--> statement-breakpoint
CREATE TABLE "rules" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "rules_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"network_id" integer,
	"position" integer NOT NULL,
	"address_range" "cidr",
	"served_protocol" integer,
	"served_port" integer,
	"asset_type" text NOT NULL,
	"enabled" boolean DEFAULT true NOT NULL,
	"note" text DEFAULT '' NOT NULL,
	"created_by" integer,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "rules_say_something" CHECK ("rules"."address_range" is not null or "rules"."served_port" is not null),
	CONSTRAINT "rules_served_port" CHECK ("rules"."served_port" between 1 and 65535),
	CONSTRAINT "rules_served_protocol" CHECK ("rules"."served_protocol" between 0 and 255),
	CONSTRAINT "rules_protocol_with_port" CHECK (("rules"."served_protocol" is null) = ("rules"."served_port" is null))
);
--> statement-breakpoint
CREATE TABLE "settings" (
	"key" text PRIMARY KEY NOT NULL,
	"value" jsonb NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "users" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "users_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"name" text NOT NULL,
	"role" text NOT NULL,
	"password_hash" text,
	"disabled" boolean DEFAULT false NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"last_login_at" timestamp (3) with time zone,
	CONSTRAINT "users_role" CHECK ("users"."role" in ('admin', 'editor', 'viewer')),
	CONSTRAINT "users_password_is_hashed" CHECK ("users"."password_hash" like '$argon2%')
);
--> statement-breakpoint
ALTER TABLE "api_tokens" ADD CONSTRAINT "api_tokens_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "asset_evidence" ADD CONSTRAINT "asset_evidence_asset_id_assets_id_fk" FOREIGN KEY ("asset_id") REFERENCES "public"."assets"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "assets" ADD CONSTRAINT "assets_network_id_networks_id_fk" FOREIGN KEY ("network_id") REFERENCES "public"."networks"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "assets" ADD CONSTRAINT "assets_asset_type_asset_types_name_fk" FOREIGN KEY ("asset_type") REFERENCES "public"."asset_types"("name") ON DELETE no action ON UPDATE cascade;--> statement-breakpoint
ALTER TABLE "classification_history" ADD CONSTRAINT "classification_history_asset_id_assets_id_fk" FOREIGN KEY ("asset_id") REFERENCES "public"."assets"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "classification_history" ADD CONSTRAINT "classification_history_changed_by_users_id_fk" FOREIGN KEY ("changed_by") REFERENCES "public"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "exporters" ADD CONSTRAINT "exporters_network_id_networks_id_fk" FOREIGN KEY ("network_id") REFERENCES "public"."networks"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "imports" ADD CONSTRAINT "imports_network_id_networks_id_fk" FOREIGN KEY ("network_id") REFERENCES "public"."networks"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "labels" ADD CONSTRAINT "labels_asset_id_assets_id_fk" FOREIGN KEY ("asset_id") REFERENCES "public"."assets"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "labels" ADD CONSTRAINT "labels_asset_type_asset_types_name_fk" FOREIGN KEY ("asset_type") REFERENCES "public"."asset_types"("name") ON DELETE no action ON UPDATE cascade;--> statement-breakpoint
ALTER TABLE "labels" ADD CONSTRAINT "labels_confirmed_by_users_id_fk" FOREIGN KEY ("confirmed_by") REFERENCES "public"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ml_model_registry" ADD CONSTRAINT "ml_model_registry_trained_by_users_id_fk" FOREIGN KEY ("trained_by") REFERENCES "public"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "model_activations" ADD CONSTRAINT "model_activations_version_ml_model_registry_version_fk" FOREIGN KEY ("version") REFERENCES "public"."ml_model_registry"("version") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "model_activations" ADD CONSTRAINT "model_activations_activated_by_users_id_fk" FOREIGN KEY ("activated_by") REFERENCES "public"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "rules" ADD CONSTRAINT "rules_network_id_networks_id_fk" FOREIGN KEY ("network_id") REFERENCES "public"."networks"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "rules" ADD CONSTRAINT "rules_asset_type_asset_types_name_fk" FOREIGN KEY ("asset_type") REFERENCES "public"."asset_types"("name") ON DELETE no action ON UPDATE cascade;--> statement-breakpoint
ALTER TABLE "rules" ADD CONSTRAINT "rules_created_by_users_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."users"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "api_tokens_user" ON "api_tokens" USING btree ("user_id");--> statement-breakpoint
CREATE UNIQUE INDEX "assets_network_address" ON "assets" USING btree ("network_id","address");--> statement-breakpoint
CREATE INDEX "assets_asset_type" ON "assets" USING btree ("asset_type");--> statement-breakpoint
CREATE INDEX "assets_confirmed" ON "assets" USING btree ("id") WHERE confirmed;--> statement-breakpoint
CREATE INDEX "assets_by_address" ON "assets" USING btree ("address","id");--> statement-breakpoint
CREATE INDEX "assets_by_name" ON "assets" USING btree (((case when "name" = '' then '1' else '0' || lower("name") end) collate "C"),"id");--> statement-breakpoint
CREATE INDEX "assets_by_name_backwards" ON "assets" USING btree (((case when "name" = '' then '0' else '1' || lower("name") end) collate "C"),"id");--> statement-breakpoint
CREATE INDEX "assets_by_method" ON "assets" USING btree (("classification_method" collate "C"),"id");--> statement-breakpoint
CREATE INDEX "assets_by_type" ON "assets" USING btree (("asset_type" collate "C"),"id");--> statement-breakpoint
CREATE INDEX "assets_by_confidence" ON "assets" USING btree ("confidence","id");--> statement-breakpoint
CREATE INDEX "assets_by_first_seen" ON "assets" USING btree (coalesce("first_seen", '-infinity'::timestamptz),"id");--> statement-breakpoint
CREATE INDEX "assets_by_last_seen" ON "assets" USING btree (coalesce("last_seen", '-infinity'::timestamptz),"id");--> statement-breakpoint
CREATE INDEX "assets_by_conversations" ON "assets" USING btree ("conversations","id");--> statement-breakpoint
CREATE INDEX "assets_by_bytes_in" ON "assets" USING btree ("bytes_in","id");--> statement-breakpoint
CREATE INDEX "assets_by_bytes_out" ON "assets" USING btree ("bytes_out","id");--> statement-breakpoint
CREATE INDEX "assets_by_clients" ON "assets" USING btree ("clients","id");--> statement-breakpoint
CREATE INDEX "assets_by_servers" ON "assets" USING btree ("servers","id");--> statement-breakpoint
CREATE INDEX "assets_served_endpoints" ON "assets" USING gin ("served_endpoints");--> statement-breakpoint
CREATE INDEX "background_tasks_created" ON "background_tasks" USING btree ("created_at","id");--> statement-breakpoint
CREATE INDEX "background_tasks_open" ON "background_tasks" USING btree ("type") WHERE status in ('pending', 'running');--> statement-breakpoint
CREATE UNIQUE INDEX "background_tasks_one_training" ON "background_tasks" USING btree ("type") WHERE type = 'train_ml_model' and status in ('pending', 'running');--> statement-breakpoint
CREATE INDEX "classification_history_asset" ON "classification_history" USING btree ("asset_id","id");--> statement-breakpoint
CREATE INDEX "classification_history_changed_by" ON "classification_history" USING btree ("changed_by");--> statement-breakpoint
CREATE INDEX "exporters_network" ON "exporters" USING btree ("network_id");--> statement-breakpoint
CREATE UNIQUE INDEX "imports_content" ON "imports" USING btree ("network_id","sha256") WHERE state in ('complete', 'incomplete');--> statement-breakpoint
CREATE INDEX "imports_network" ON "imports" USING btree ("network_id","id");--> statement-breakpoint
CREATE INDEX "imports_unfinished" ON "imports" USING btree ("state") WHERE state in ('running', 'undoing');--> statement-breakpoint
CREATE INDEX "labels_asset" ON "labels" USING btree ("asset_id","id");--> statement-breakpoint
CREATE INDEX "labels_asset_type" ON "labels" USING btree ("asset_type");--> statement-breakpoint
CREATE INDEX "labels_confirmed_by" ON "labels" USING btree ("confirmed_by");--> statement-breakpoint
CREATE UNIQUE INDEX "ml_model_registry_one_active" ON "ml_model_registry" USING btree ("is_active") WHERE is_active;--> statement-breakpoint
CREATE INDEX "ml_model_registry_trained_by" ON "ml_model_registry" USING btree ("trained_by");--> statement-breakpoint
CREATE INDEX "model_activations_version" ON "model_activations" USING btree ("version");--> statement-breakpoint
CREATE INDEX "model_activations_activated_by" ON "model_activations" USING btree ("activated_by");--> statement-breakpoint
CREATE UNIQUE INDEX "model_activations_one_open" ON "model_activations" USING btree (("ended_at" is null)) WHERE ended_at is null;--> statement-breakpoint
CREATE INDEX "rules_network" ON "rules" USING btree ("network_id");--> statement-breakpoint
CREATE INDEX "rules_asset_type" ON "rules" USING btree ("asset_type");--> statement-breakpoint
CREATE INDEX "rules_created_by" ON "rules" USING btree ("created_by");--> statement-breakpoint
CREATE UNIQUE INDEX "users_name" ON "users" USING btree (lower("name"));