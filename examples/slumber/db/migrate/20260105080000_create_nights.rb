# The diary's one table.
class CreateNights < ActiveRecord::Migration[7.2]
  def change
    create_table :nights do |t|
      t.date :date, null: false, index: { unique: true }
      t.integer :minutes, null: false
      t.integer :rest, null: false
      t.timestamps
    end
  end
end
