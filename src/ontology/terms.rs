use oxigraph::model::NamedNode;

macro_rules! kg_terms {
    ($($field:ident = $name:literal),* $(,)?) => {
        /// Our own classes and properties, under the base of one graph.
        #[derive(Debug, Clone)]
        #[allow(missing_docs)]
        pub struct KgTerms { $(pub $field: NamedNode),* }

        impl KgTerms {
            /// The local name of every term the mapping uses.
            pub const NAMES: &'static [&'static str] = &[$($name),*];

            pub(super) fn new(namespace: &str) -> Self {
                Self { $($field: NamedNode::new_unchecked(format!("{namespace}{}", $name))),* }
            }
        }
    };
}

kg_terms! {
    // Classes.
    paper_class = "Paper",
    dataset_class = "Dataset",
    model_class = "Model",
    method_class = "Method",
    task_class = "Task",
    metric_class = "Metric",
    hardware_class = "Hardware",
    software_class = "Software",
    unknown_class = "Unknown",
    repository_class = "Repository",
    page_class = "Page",
    work_class = "Work",
    author_class = "Author",
    venue_class = "Venue",
    organization_class = "Organization",
    mention_class = "Mention",
    contribution_class = "Contribution",
    hardware_use_class = "HardwareUse",
    result_class = "Result",
    link_class = "Link",
    citation_class = "Citation",
    source_class = "Source",
    check_class = "Check",
    contradiction_class = "Contradiction",
    section_class = "Section",
    declared_dataset_class = "DeclaredDataset",
    declared_task_class = "DeclaredTask",
    declared_method_class = "DeclaredMethod",
    declared_result_class = "DeclaredResult",
    // From a paper to what it names, with one triple for each.
    mentions = "mentions",
    uses_dataset = "usesDataset",
    uses_model = "usesModel",
    uses_method = "usesMethod",
    addresses_task = "addressesTask",
    uses_metric = "usesMetric",
    runs_on = "runsOn",
    uses_software = "usesSoftware",
    uses_unknown = "usesUnknown",
    introduces = "introduces",
    evaluates_on = "evaluatesOn",
    trains_on = "trainsOn",
    compares_with = "comparesWith",
    builds_on = "buildsOn",
    has_repository = "hasRepository",
    has_page = "hasPage",
    // From a paper to where it comes from, and to what it cites.
    written_by = "writtenBy",
    published_in = "publishedIn",
    in_series = "inSeries",
    affiliated_with = "affiliatedWith",
    stated_names = "statedNames",
    cites = "cites",
    cited_works = "citedWorks",
    cited = "cited",
    first_author = "firstAuthor",
    // From a paper to what its sources declare.
    declares = "declares",
    declares_dataset = "declaresDataset",
    declares_task = "declaresTask",
    declares_method = "declaresMethod",
    // Facts about a paper.
    code_statement = "codeStatement",
    date_source = "dateSource",
    year = "year",
    author_count = "authorCount",
    authors = "authors",
    organization = "organization",
    comment_count = "commentCount",
    doi = "doi",
    venue = "venue",
    citation_key = "citationKey",
    tag = "tag",
    collection = "collection",
    note = "note",
    identifier = "identifier",
    // Evidence.
    in_paper = "inPaper",
    entity = "entity",
    name = "name",
    field = "field",
    in_section = "inSection",
    start = "start",
    end = "end",
    text = "text",
    confidence = "confidence",
    relation = "relation",
    variant = "variant",
    kind_stated = "kindStated",
    count = "count",
    memory_gb = "memoryGB",
    system = "system",
    own = "own",
    deviation = "deviation",
    in_table = "inTable",
    row = "row",
    column = "column",
    page = "page",
    dataset_name = "datasetName",
    metric_name = "metricName",
    value = "value",
    on_dataset = "onDataset",
    by_metric = "byMetric",
    target = "target",
    url = "url",
    stated_in = "statedIn",
    stated_by = "statedBy",
    states = "states",
    kept = "kept",
    dropped = "dropped",
    official = "official",
    framework = "framework",
    dataset_url = "datasetUrl",
    task_name = "taskName",
    on_task = "onTask",
    position = "position",
    file = "file",
    line = "line",
    format = "format",
    // Facts about an entity.
    key = "key",
    likely_repository = "likelyRepository",
    listed = "listed",
    paper_count = "paperCount",
    mentioning_paper_count = "mentioningPaperCount",
    using_paper_count = "usingPaperCount",
    modality = "modality",
    for_task = "forTask",
    vendor = "vendor",
    architecture = "architecture",
    better = "better",
    host = "host",
    // The results of checking a repository or page.
    verdict = "verdict",
    certainty = "certainty",
    dead = "dead",
    checked_at = "checkedAt",
    last_seen_alive = "lastSeenAlive",
    failures = "failures",
    failing_since = "failingSince",
    last_failure = "lastFailure",
    unreachable = "unreachable",
    unreachable_since = "unreachableSince",
    last_unreachable = "lastUnreachable",
    http_status = "httpStatus",
    reason = "reason",
    moved_to = "movedTo",
    redirects_to = "redirectsTo",
    etag = "etag",
    facts_at = "factsAt",
    stars = "stars",
    license = "license",
    last_push = "lastPush",
    archived = "archived",
    default_branch = "defaultBranch",
    size_kb = "sizeKB",
    topic = "topic",
    check_of = "checkOf",
    // About the build.
    vocabulary_version = "vocabularyVersion",
    byte_size = "byteSize",
    content_hash = "contentHash",
}

impl KgTerms {
    /// Whether a predicate ties a paper to an author, a venue or an organisation.
    pub fn is_origin(&self, predicate: &NamedNode) -> bool {
        [&self.written_by, &self.published_in, &self.in_series, &self.affiliated_with].contains(&predicate)
    }
}

macro_rules! namespace {
    ($module:ident, $iri:literal, $doc:literal, { $($name:ident = $local:literal),* $(,)? }) => {
        #[doc = $doc]
        pub(crate) mod $module {
            use oxigraph::model::NamedNodeRef;
            $(pub(crate) const $name: NamedNodeRef<'static> = NamedNodeRef::new_unchecked(concat!($iri, $local));)*
        }
    };
}

namespace!(rdf, "http://www.w3.org/1999/02/22-rdf-syntax-ns#", "RDF", { TYPE = "type", JSON = "JSON" });
namespace!(rdfs, "http://www.w3.org/2000/01/rdf-schema#", "RDF Schema", {
    LABEL = "label", COMMENT = "comment", DOMAIN = "domain", RANGE = "range", SUB_CLASS_OF = "subClassOf",
    SUB_PROPERTY_OF = "subPropertyOf",
});
namespace!(owl, "http://www.w3.org/2002/07/owl#", "OWL", {
    SAME_AS = "sameAs", CLASS = "Class", OBJECT_PROPERTY = "ObjectProperty", DATATYPE_PROPERTY = "DatatypeProperty",
});
namespace!(xsd, "http://www.w3.org/2001/XMLSchema#", "XML Schema datatypes", {
    DATE = "date", DATE_TIME = "dateTime", DECIMAL = "decimal", G_YEAR = "gYear", G_YEAR_MONTH = "gYearMonth",
    INTEGER = "integer", ANY_URI = "anyURI", STRING = "string", BOOLEAN = "boolean",
});
namespace!(skos, "http://www.w3.org/2004/02/skos/core#", "SKOS", {
    PREF_LABEL = "prefLabel", ALT_LABEL = "altLabel", BROADER = "broader", CONCEPT = "Concept",
    CONCEPT_SCHEME = "ConceptScheme", IN_SCHEME = "inScheme", NOTATION = "notation", EXACT_MATCH = "exactMatch",
});
namespace!(dcterms, "http://purl.org/dc/terms/", "Dublin Core terms", {
    TITLE = "title", ABSTRACT = "abstract", ISSUED = "issued", CREATOR = "creator", SOURCE = "source",
});
namespace!(schema, "https://schema.org/", "schema.org", {
    ISSN = "issn", ADDRESS_COUNTRY = "addressCountry", PARENT_ORGANIZATION = "parentOrganization",
    COLLEGE_OR_UNIVERSITY = "CollegeOrUniversity", CORPORATION = "Corporation",
    RESEARCH_ORGANIZATION = "ResearchOrganization", GOVERNMENT_ORGANIZATION = "GovernmentOrganization", NGO = "NGO",
    URL = "url", SOFTWARE_VERSION = "softwareVersion", DOMAIN_INCLUDES = "domainIncludes",
    RANGE_INCLUDES = "rangeIncludes",
});
namespace!(prov, "http://www.w3.org/ns/prov#", "PROV-O", {
    ACTIVITY = "Activity", ENTITY = "Entity", SOFTWARE_AGENT = "SoftwareAgent", WAS_DERIVED_FROM = "wasDerivedFrom",
    GENERATED_AT_TIME = "generatedAtTime", WAS_GENERATED_BY = "wasGeneratedBy", STARTED_AT_TIME = "startedAtTime",
    ENDED_AT_TIME = "endedAtTime", WAS_ASSOCIATED_WITH = "wasAssociatedWith", USED = "used",
});
namespace!(oa, "http://www.w3.org/ns/oa#", "Web Annotation", { ANNOTATION = "Annotation" });
namespace!(foaf, "http://xmlns.com/foaf/0.1/", "FOAF", { NAMESPACE = "", HOMEPAGE = "homepage" });
namespace!(doap, "http://usefulinc.com/ns/doap#", "DOAP", { LOCATION = "location" });
namespace!(void, "http://rdfs.org/ns/void#", "VoID", {
    DATASET = "Dataset", LINKSET = "Linkset", TRIPLES = "triples", ENTITIES = "entities", CLASSES = "classes",
    PROPERTIES = "properties", CLASS_PARTITION = "classPartition", CLASS = "class",
    PROPERTY_PARTITION = "propertyPartition", PROPERTY = "property", VOCABULARY = "vocabulary", SUBSET = "subset",
    LINK_PREDICATE = "linkPredicate", SUBJECTS_TARGET = "subjectsTarget", OBJECTS_TARGET = "objectsTarget",
    URI_SPACE = "uriSpace",
});
