import { type Detector, isPlaceholder } from "../detector.ts";

/** Tokens with a beginning of their own, vendor by vendor, as the vendors document them. */
const FORMS = [
  "gl(?:pat|dt|ft|soat|rt|wt)-[A-Za-z0-9_-]{20,300}(?:\\.[0-9a-z.]{2,20})?", // GitLab
  "glimt-[A-Za-z0-9_-]{25}(?![A-Za-z0-9_-])",
  "glptt-[A-Za-z0-9_-]{40}(?![A-Za-z0-9_-])",
  "glffct-[A-Za-z0-9_-]{20}",
  "glcbt-(?:[0-9a-zA-Z]{1,5}_)?[A-Za-z0-9_-]{20,64}",
  "gloas-[A-Za-z0-9_-]{64}(?![A-Za-z0-9_-])",
  "glagent-[A-Za-z0-9_-]{50,1024}",
  "GR1348941[A-Za-z0-9_-]{20,50}(?![A-Za-z0-9_-])",
  "[srp]k_(?:live|test|prod)_[A-Za-z0-9]{10,120}", // Stripe
  "whsec_[A-Za-z0-9+/]{32,64}=?",
  "(?:hf|api_org)_[A-Za-z]{34}|hf_[A-Za-z0-9]{34,40}", // Hugging Face
  "gsk_[A-Za-z0-9]{40,60}", // Groq
  "xai-[A-Za-z0-9]{70,90}",
  "fw_[A-Za-z0-9]{20,30}", // Fireworks
  "tgp_v1_[A-Za-z0-9_-]{40,50}", // Together
  "pplx-[A-Za-z0-9]{40,60}", // Perplexity
  "r8_[A-Za-z0-9]{37,40}", // Replicate
  "nvapi-[A-Za-z0-9_-]{60,80}", // NVIDIA
  "csk-[a-z0-9]{40,60}", // Cerebras
  "tvly-[A-Za-z0-9-]{20,60}", // Tavily
  "lsv2_(?:pt|sk)_[0-9a-f]{32}_[0-9a-f]{10}", // LangSmith
  "npm_[A-Za-z0-9]{36}",
  "pypi-AgE[A-Za-z0-9_-]{50,250}",
  "rubygems_[0-9a-f]{48}",
  "oy2[a-z0-9]{43}", // NuGet
  "CLOJARS_[a-z0-9]{60}",
  "dckr_(?:pat|oat)_[A-Za-z0-9_-]{20,80}", // Docker
  "SWM(?:KEY-1-[A-Za-z0-9+/]{40,50}|TKN-1-[a-z0-9]{40,60}-[a-z0-9]{20,30})",
  "SG\\.[A-Za-z0-9_=-]{16,32}\\.[A-Za-z0-9_=-]{32,64}|SG\\.[A-Za-z0-9_=.-]{66}", // SendGrid
  "xkeysib-[0-9a-f]{64}-[A-Za-z0-9]{16}", // Brevo
  "(?:pub)?key-[0-9a-f]{32}|[0-9a-h]{32}-[0-9a-h]{8}-[0-9a-h]{8}", // Mailgun
  "[0-9a-f]{32}-us\\d{1,2}", // Mailchimp
  "(?:SK|AC)[0-9a-fA-F]{32}", // Twilio
  "do[opr]_v1_[0-9a-f]{64}", // DigitalOcean
  "shp(?:at|ca|pa|ss|ua)_[0-9a-fA-F]{32}", // Shopify
  "hv[sbr]\\.[A-Za-z0-9_-]{24,300}|s\\.(?=[A-Za-z0-9]{0,23}\\d)[A-Za-z0-9]{24}", // Vault
  "[a-z0-9]{14}\\.atlasv1\\.[A-Za-z0-9_=-]{60,80}", // HashiCorp
  "dapi[0-9a-f]{32}(?:-\\d)?", // Databricks
  "lin_(?:api|oauth)_[A-Za-z0-9]{40,64}", // Linear
  "ntn_\\d{9,11}[A-Za-z0-9]{33,38}|secret_[A-Za-z0-9]{43}", // Notion
  "gl(?:sa_[A-Za-z0-9]{32}_[0-9a-fA-F]{8}|c_[A-Za-z0-9+/]{32,400}={0,2})|eyJrIjoi[A-Za-z0-9+/]{60,400}={0,2}", // Grafana
  "sntr(?:yu_[0-9a-f]{64}|ys_eyJ[A-Za-z0-9+/=_-]{80,400})", // Sentry
  "pscale_(?:tkn|oauth|pw)_[A-Za-z0-9_.=-]{32,64}", // PlanetScale
  "PMAK-[0-9a-f]{24}-[0-9a-f]{34}", // Postman
  "pul-[0-9a-f]{40}", // Pulumi
  "pat[A-Za-z0-9]{14}\\.[0-9a-f]{64}", // Airtable
  "(?:[MNO]|AT)[A-Za-z0-9_-]{23,27}\\.[A-Za-z0-9_-]{6}\\.[A-Za-z0-9_-]{27,45}", // Discord bots
  "mfa\\.[A-Za-z0-9_-]{80,100}",
  "ops_eyJ[A-Za-z0-9+/]{200,800}={0,2}|A3-[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})(?:-[A-Z0-9]{5}){3}", // 1Password
  "LTAI[A-Za-z0-9]{12,24}", // Alibaba
  "AKID[A-Za-z0-9]{32}", // Tencent
  "AT(?:ATT3|CTT3|BB)[A-Za-z0-9_=-]{24,220}", // Atlassian
  "A(?:QVN[A-Za-z0-9_-]{35,38})|t1\\.[A-Za-z0-9_-]{1,40}[=]{0,2}\\.[A-Za-z0-9_-]{86}={0,2}|YC[A-Za-z0-9_-]{38}|y[0-3]_[A-Za-z0-9_-]{50,70}", // Yandex
  "EAA[A-Z][A-Za-z0-9]{60,400}|IG(?:QV|QW|AA)[A-Za-z0-9_-]{60,300}|\\d{15,16}(?:\\||%7C)[A-Za-z0-9_-]{26,40}", // Meta
  "(?:EAAA|sq0(?:atp|csp|idp)-)[A-Za-z0-9_+=-]{22,60}", // Square
  "A{20,}[A-Za-z0-9%]{40,120}", // Twitter, application only
  "amzn\\.mws\\.[0-9a-f-]{36}|bedrock-api-key-[A-Za-z0-9+/]{28,400}={0,2}",
  "(?<![,~])[A-Za-z0-9_~.]{3}\\dQ~[A-Za-z0-9_~.-]{31,34}", // Microsoft Entra
  "[A-Za-z0-9]{52}JQQJ99[A-Za-z0-9]{26}", // Azure OpenAI
  "p8e-[a-z0-9]{32}", // Adobe
  "AKCp[A-Za-z0-9]{69,73}|cmVmd[A-Za-z0-9]{59}", // Artifactory
  "fio-u-[A-Za-z0-9_=-]{64}", // Frame.io
  "fo1_[A-Za-z0-9_-]{43}|fm[12][ar]?_[A-Za-z0-9+/]{100,800}={0,3}", // Fly.io
  "duffel_(?:test|live)_[A-Za-z0-9_=-]{43}",
  "EZ[AT]K[A-Za-z0-9]{54}", // EasyPost
  "FLW(?:PUBK|SECK)_TEST-[a-zA-Z0-9]{12,32}(?:-X)?", // Flutterwave
  "(?:HRKU-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})|HRKU-AA[A-Za-z0-9_-]{58}", // Heroku
  "(?<!\\.)ico-[A-Za-z0-9]{32}", // Infracost
  "s-s4t2(?:ud|af)-[0-9a-f]{64}", // 42
  "API-[A-Z0-9]{26}", // Octopus Deploy
  "sha256~[A-Za-z0-9_-]{43}", // OpenShift
  "pn[ub]_[A-Za-z0-9]{36}", // Prefect
  "rdme_[a-z0-9]{70}", // ReadMe
  "tk-us-[A-Za-z0-9_-]{48}", // Scalingo
  "sm_[aps]at_[A-Za-z0-9]{16}", // SettleMint
  "shippo_(?:live|test)_[a-fA-F0-9]{40}",
  "sgp_(?:[a-fA-F0-9]{16}_|local_)?[a-fA-F0-9]{40}", // Sourcegraph
  "(?:sat|pat)\\.[A-Za-z0-9_-]{22}\\.[A-Za-z0-9]{24}\\.[A-Za-z0-9]{20}", // Harness
  "dp\\.(?:pt|st|ct|sa|scim|audit)\\.[a-zA-Z0-9._-]{40,60}", // Doppler
  "dt0[a-z]\\d{2}\\.[A-Z0-9]{24}\\.[A-Z0-9]{64}", // Dynatrace
  "NR(?:AK-[A-Za-z0-9]{27}|II-[A-Za-z0-9-]{32}|JS-[0-9a-f]{19}|BR-[0-9a-f]{19})", // New Relic
  "ph[acx]_[A-Za-z0-9]{40,64}", // PostHog
  "v[cp]p?_[A-Za-z0-9]{56}|vercel_[a-z]{2,10}_[A-Za-z0-9]{24,64}",
  "cf(?:ut|k|at)_[A-Za-z0-9]{40,64}|v1\\.0-[0-9a-f]{24}-[0-9a-f]{146}", // Cloudflare
  "fig[dour]{1,2}_[A-Za-z0-9_-]{40}", // Figma
  "sq[apu]_[a-z0-9]{40}", // SonarQube
  "tfp_[a-z0-9_.=-]{59}", // Typeform
  "b_[a-z0-9=_-]{44}", // Beamer
  "4b1d[A-Za-z0-9]{38}", // ClickHouse
  "[pst]k\\.[A-Za-z0-9]{60}\\.[A-Za-z0-9]{22}|[ps]k\\.eyJ[A-Za-z0-9_-]{40,200}\\.[A-Za-z0-9_-]{20,30}", // Mapbox
  "[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk", // MaxMind
  "(?:live|test)_(?:pub_)?[0-9a-f]{31,35}", // Lob
  "live_[A-Za-z0-9_=-]{40}", // GoCardless
  "dnkey-[a-z0-9=_-]{26}-[a-z0-9=_-]{52}",
  "sl\\.(?:u\\.)?[A-Za-z0-9_=-]{130,1200}|[A-Za-z0-9]{11}A{9,10}[A-Za-z0-9_=-]{43}", // Dropbox
  "(?:sc|ext|scauth|authress)_[a-z0-9]{5,30}\\.[a-z0-9]{4,6}\\.acc[_-][a-z0-9-]{10,32}\\.[a-z0-9+/_=-]{30,120}", // Authress
  "00D[A-Za-z0-9]{12,15}![A-Za-z0-9._]{80,200}|3MVG9?[A-Za-z0-9._]{60,120}", // Okta, Salesforce
  "S[UAOCNX][A-Z2-7]{56}", // NATS
  "access-(?:sandbox|development|production)-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", // Plaid
  "akab-[a-z0-9]{16}-[a-z0-9]{16}", // Akamai
  "AP[A-Z0-9][A-Za-z0-9]{70,80}",
  "(?:GOOG)[A-Z0-9]{10,28}[0-9a-f]{12,40}",
  "ATMY[A-Za-z0-9]{20,40}",
  "rnd_[A-Za-z0-9]{28,40}", // Render
  "sbp_[0-9a-f]{40}|sb_(?:secret|publishable)_[A-Za-z0-9_-]{20,60}", // Supabase
  "re_[A-Za-z0-9]{6,12}_[A-Za-z0-9]{20,30}", // Resend
  "nfp_[A-Za-z0-9]{36,44}", // Netlify
  "tskey-[a-z]{3,12}-[A-Za-z0-9]{8,24}-[A-Za-z0-9]{20,40}", // Tailscale
  "github_app_[A-Za-z0-9]{30,60}",
  "cio_[A-Za-z0-9]{32,64}|crsr_[a-f0-9]{64}|key_[a-f0-9]{64}", // Cursor
];

export const vendorToken: Detector = {
  name: "vendor-token",
  pattern: new RegExp(`(?<![A-Za-z0-9_])(?:${FORMS.join("|")})(?![A-Za-z0-9])`, "dg"),
  accepts: (secret) =>
    !isPlaceholder(secret) && new Set(secret).size > 7 && /\d|[a-z][A-Z][a-z]*[A-Z]|^hf_|^api_org_/.test(secret),
  examples: {
    catches: [
      `glpat-${"aB3d".repeat(5)}`,
      `sk_live_${"aB3d".repeat(6)}`,
      `hf_${"aBcDefGh".repeat(4)}xy`,
      `gsk_${"aB3d".repeat(13)}`,
      `npm_${"aB3d".repeat(9)}`,
      `SG.${"aB3d".repeat(5)}xy.${"aB3d".repeat(10)}xyz`,
      `hvs.${"aB3d".repeat(6)}`,
      `dapi${"0f1e2d3c".repeat(4)}`,
    ],
    passes: [
      "npm_config_registry",
      "hf_transfer",
      "glass-of-water-and-a-slice-of-lemon1",
      "key-value",
      "sk_live_",
      "SG.short.short",
      "secret_of_the_old_castle",
      "ghs_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
      "s.thisstringisalllowercase",
    ],
  },
};
