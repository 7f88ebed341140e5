ActiveRecord::Schema[7.2].define(version: 2026_01_05_080000) do
  create_table "nights", force: :cascade do |t|
    t.date "date", null: false
    t.integer "minutes", null: false
    t.integer "rest", null: false
    t.datetime "created_at", null: false
    t.datetime "updated_at", null: false
    t.index ["date"], name: "index_nights_on_date", unique: true
  end
end
