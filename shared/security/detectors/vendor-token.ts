import { type Detector, isPlaceholder } from "../detector.ts";

/** Tokens with a beginning of their own, vendor by vendor, as the vendors document them. */
const FORMS = [
  "gl(?:pat|ptt|agent|cbt|dt|ffct|ft|imt|oas|rt|soat)-[A-Za-z0-9_.-]{20,120}", // GitLab, all kinds
  "[sr]k_(?:live|test|prod)_[A-Za-z0-9]{10,120}", // Stripe
  "(?:hf|api_org)_[A-Za-z0-9]{34}", // Hugging Face
  "gsk_[A-Za-z0-9]{40,60}", // Groq
  "xai-[A-Za-z0-9]{70,90}",
  "fw_[A-Za-z0-9]{20,30}", // Fireworks
  "tgp_v1_[A-Za-z0-9_-]{40,50}", // Together
  "pplx-[A-Za-z0-9]{40,60}", // Perplexity
  "r8_[A-Za-z0-9]{37}", // Replicate
  "npm_[A-Za-z0-9]{36}",
  "pypi-AgE[A-Za-z0-9_-]{50,250}",
  "rubygems_[0-9a-f]{48}",
  "SG\\.[A-Za-z0-9_=.-]{66}", // SendGrid
  "xkeysib-[0-9a-f]{64}-[A-Za-z0-9]{16}", // Brevo
  "key-[0-9a-f]{32}", // Mailgun
  "SK[0-9a-f]{32}", // Twilio
  "do[opr]_v1_[0-9a-f]{64}", // DigitalOcean
  "shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}", // Shopify
  "hv[sbr]\\.[A-Za-z0-9_-]{24,300}", // Vault
  "dapi[0-9a-f]{32}(?:-\\d)?", // Databricks
  "lin_api_[A-Za-z0-9]{40}", // Linear
  "(?:ntn_\\d{11}[A-Za-z0-9]{35}|secret_[A-Za-z0-9]{43})", // Notion
  "gl(?:sa_[A-Za-z0-9]{32}_[0-9a-fA-F]{8}|c_[A-Za-z0-9+/]{32,400})", // Grafana
  "sntr(?:yu_[0-9a-f]{64}|ys_eyJ[A-Za-z0-9+/=_-]{80,400})", // Sentry
  "pscale_(?:tkn|oauth|pw)_[A-Za-z0-9_.=-]{32,64}", // PlanetScale
  "PMAK-[0-9a-f]{24}-[0-9a-f]{34}", // Postman
  "pul-[0-9a-f]{40}", // Pulumi
  "pat[A-Za-z0-9]{14}\\.[0-9a-f]{64}", // Airtable
  "[MNO][A-Za-z0-9_-]{23,27}\\.[A-Za-z0-9_-]{6}\\.[A-Za-z0-9_-]{27,38}", // Discord bots
  "ops_eyJ[A-Za-z0-9+/]{200,800}", // 1Password
  "LTAI[A-Za-z0-9]{20}", // Alibaba
  "ATATT3[A-Za-z0-9_=-]{180,200}", // Atlassian
];

export const vendorToken: Detector = {
  name: "vendor-token",
  pattern: new RegExp(`(?<![A-Za-z0-9_-])(?:${FORMS.join("|")})(?![A-Za-z0-9])`, "dg"),
  accepts: (secret) => !isPlaceholder(secret),
  examples: {
    catches: [
      `glpat-${"aB3d".repeat(5)}`,
      `sk_live_${"aB3d".repeat(6)}`,
      `hf_${"aBcD".repeat(8)}xy`,
      `gsk_${"aB3d".repeat(13)}`,
      `npm_${"aB3d".repeat(9)}`,
      `SG.${"aB3d".repeat(5)}xy.${"aB3d".repeat(10)}xyz`,
      `hvs.${"aB3d".repeat(6)}`,
      `dapi${"0f1e".repeat(8)}`,
    ],
    passes: [
      "npm_config_registry",
      "hf_transfer",
      "glass-of-water-and-a-slice-of-lemon1",
      "key-value",
      "sk_live_",
      "SG.short.short",
      "secret_of_the_old_castle",
    ],
  },
};
