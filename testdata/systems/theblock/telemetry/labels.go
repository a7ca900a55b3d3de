package telemetry

// Label names.
const (
	LabelReason      = "reason"
	LabelType        = "type"
	LabelLane        = "lane"
	LabelPeerID      = "peer_id"
	LabelPeer        = "peer"
	LabelResult      = "result"
	LabelDryRun      = "dry_run"
	LabelState       = "state"
	LabelProvider    = "provider"
	LabelProposal    = "proposal"
	LabelErasure     = "erasure"
	LabelCompression = "compression"
	LabelField       = "field"
	LabelFreshness   = "freshness"
)

// Lanes of the mempool and of the compute market.
const (
	LaneConsumer   = "consumer"
	LaneIndustrial = "industrial"
)

// Reasons for which a gateway denies a read.
const (
	ReadLimit     = "limit"     // the client's free allowance is used up
	ReadSignature = "signature" // the read receipt's signature does not verify
	ReadBlocked   = "blocked"   // the domain is blocked by governance
)

// Reasons for which a peer's message is dropped.
const (
	DropRateLimit = "rate_limit"
	DropMalformed = "malformed"
	DropDuplicate = "duplicate"
)

// Kinds of work that are subsidised by the byte.
const (
	SubsidyRead    = "read"
	SubsidyStorage = "storage"
)

// Results of a scheduler's attempt to match a job with a provider.
const (
	MatchSuccess    = "success"
	MatchCapability = "capability_mismatch"
	MatchReputation = "reputation_failure"
)

// Values of LabelDryRun.
const (
	DryRun  = "true"
	RealRun = "false"
)

// Ledger mutations that can fail.
const (
	SettleSpend    = "spend"
	SettlePenalize = "penalize"
	SettleRefund   = "refund"
)

// Modes of settlement.
const (
	ModeDryRun = "dryrun"
	ModeArmed  = "armed"
	ModeReal   = "real"
)

// Coders and compressors. XOR and RLE are the fallbacks.
const (
	CoderReedSolomon = "reed-solomon"
	CoderXOR         = "xor"
	CompressorLZ4    = "lz4"
	CompressorRLE    = "rle"
)

// Reasons for which a remote signer fails.
const (
	SignerTimeout   = "timeout"
	SignerRejected  = "rejected"
	SignerTransport = "transport"
)

// Fields of a light client's device status.
const (
	FieldBattery  = "battery"
	FieldCharging = "charging"
	FieldWifi     = "wifi"
)
